import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { defineCommand, runCommand } from '../src/cli/index.ts';
import { SlipwayError } from '../src/errors.ts';
import { loadSettings, readEnvironment } from '../src/settings/index.ts';
import { volumeFault } from '../src/stack/index.ts';

interface Options {
	readonly name: string;
	readonly image: string;
	readonly checkout: string;
}

const command = defineCommand(
	'scripts/preflight',
	'Refuses what compose.yaml could not run with: wrong settings, and data that the image would not serve.',
)
	.argument('<directory>', 'where the volume is mounted')
	.requiredOption('--checkout <directory>', 'where compose has read .env')
	.requiredOption('--image <name>', 'the image that is to serve it')
	.requiredOption('--name <volume>', 'its name, for messages')
	.action((directory: string, { name, image, checkout }: Options) => {
		checkEnvFile(checkout);
		checkSettings();
		const fault = volumeFault({ name, image, entries: entriesOf(directory) });
		if (fault !== undefined) throw fault;
	});

await runCommand(command, process.argv.slice(2));

/** Compose has read it by rules of its own. The service's user may not be able to. */
function checkEnvFile(checkout: string): void {
	try {
		process.chdir(checkout); // Messages name the file as its owner does.
		if (existsSync('.env')) accessSync('.env', constants.R_OK);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
		process.stderr.write(
			`.env is not checked: user ${process.getuid?.()} may not read it. scripts/doctor checks it\n`,
		);
		return;
	}
	readEnvironment({}, '.env');
}

function checkSettings(): void {
	try {
		loadSettings({ environment: process.env, envFile: '/nonexistent' });
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
		if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
		throw error;
	}
}
