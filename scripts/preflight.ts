import { readdirSync } from 'node:fs';
import { defineCommand, runCommand } from '../src/cli/index.ts';
import { SlipwayError } from '../src/errors.ts';
import { loadSettings } from '../src/settings/index.ts';
import { volumeFault } from '../src/stack/index.ts';

const command = defineCommand(
	'scripts/preflight',
	'Refuses what compose.yaml could not run with: wrong settings, and data that the image would not serve.',
)
	.argument('<directory>', 'where the volume is mounted')
	.requiredOption('--image <name>', 'the image that is to serve it')
	.requiredOption('--name <volume>', 'its name, for messages')
	.action((directory: string, { name, image }: { name: string; image: string }) => {
		checkSettings();
		const fault = volumeFault({ name, image, entries: entriesOf(directory) });
		if (fault !== undefined) throw fault;
	});

await runCommand(command, process.argv.slice(2));

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
