import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { SlipwayError } from '../errors.ts';
import { loadSettings, readEnvironment } from '../settings/index.ts';
import { volumeError } from '../stack/index.ts';
import { defineCommand } from '../terminal/index.ts';
import type { Project } from './project.ts';

interface Options {
	readonly name: string;
	readonly image: string;
	readonly checkout: string;
}

export function preflightCommand({ commandName, environment }: Project): Command {
	return defineCommand(
		commandName('preflight'),
		'Refuses what compose.yaml could not run with: wrong settings, and data that the image would not serve.',
	)
		.argument('<directory>', 'where the volume is mounted')
		.requiredOption('--checkout <directory>', 'where compose has read .env')
		.requiredOption('--image <name>', 'the image that is to serve it')
		.requiredOption('--name <volume>', 'its name, for messages')
		.action((directory: string, { name, image, checkout }: Options) => {
			checkEnvFile(checkout);
			checkSettings(environment);
			const fault = volumeError({ name, image, entries: entriesOf(directory) });
			if (fault !== undefined) throw fault;
		});
}

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
		if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
		throw error;
	}
}
