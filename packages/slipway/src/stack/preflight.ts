import { readdirSync } from 'node:fs';
import { hasCode, SlipwayError } from '../errors.ts';
import { loadSettings } from '../settings/index.ts';
import { type Volume, volumeFault } from './volume.ts';

export interface PreflightOptions extends Pick<Volume, 'name' | 'image'> {
	/** Where the volume is mounted. */
	readonly directory: string;
	readonly environment: NodeJS.ProcessEnv;
}

/**
 * Throws what would keep the stack of compose.yaml from running: `invalid-settings`, `volume-layout` and
 * `volume-version`.
 */
export function preflight({ directory, environment, name, image }: PreflightOptions): void {
	checkSettings(environment);
	const fault = volumeFault({ name, image, entries: entriesOf(directory) });
	if (fault !== undefined) throw fault;
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
