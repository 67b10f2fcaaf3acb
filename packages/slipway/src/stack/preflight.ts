import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { hasCode, SlipwayError } from '../errors.ts';
import { loadSettings, readEnvironment } from '../settings/index.ts';
import { type Volume, volumeError } from './volume.ts';

export interface PreflightOptions extends Pick<Volume, 'name' | 'image'> {
	/** Where the volume is mounted. */
	readonly directory: string;
	/** Where Compose has read `.env`. */
	readonly checkout: string;
	readonly environment: NodeJS.ProcessEnv;
}

/**
 * Throws what would keep the stack of compose.yaml from running: `invalid-settings`, `volume-layout` and
 * `volume-version`.
 */
export function preflight({ directory, checkout, environment, name, image }: PreflightOptions): void {
	checkEnvFile(checkout);
	checkSettings(environment);
	const error = volumeError({ name, image, entries: entriesOf(directory) });
	if (error !== undefined) throw error;
}

/** Compose reads `.env` by rules of its own. The user of the container may not be able to read it. */
function checkEnvFile(checkout: string): void {
	try {
		process.chdir(checkout); // Messages name the file as its owner does.
		if (existsSync('.env')) accessSync('.env', constants.R_OK);
	} catch (error) {
		if (!hasCode(error, 'EACCES')) throw error;
		process.stderr.write(
			`.env is not checked: user ${process.getuid?.()} may not read it. scripts/doctor checks it\n`,
		);
		return;
	}
	readEnvironment({}, '.env');
}

function checkSettings(environment: NodeJS.ProcessEnv): void {
	try {
		loadSettings({ environment, envFile: '/nonexistent' });
	} catch (error) {
		if (!(error instanceof SlipwayError)) throw error;
		const hint = `Settings come from the environment and .env of the host (.env.example lists them). The containers read files as user ${process.getuid?.()}.`;
		throw new SlipwayError(error.code, error.message, hint, { cause: error });
	}
}

function entriesOf(directory: string): readonly string[] | undefined {
	try {
		return readdirSync(directory);
	} catch (error) {
		if (hasCode(error, 'EACCES')) return undefined;
		throw error;
	}
}
