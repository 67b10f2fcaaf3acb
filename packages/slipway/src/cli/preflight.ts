import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { SlipwayError } from '../errors.ts';
import { loadSettings } from '../settings/index.ts';
import { volumeFault } from '../stack/index.ts';
import { defineCommand } from '../terminal/index.ts';
import type { Project } from './project.ts';

interface Options {
	readonly name: string;
	readonly image: string;
}

export function preflightCommand({ commandName, environment }: Project): Command {
	return defineCommand(
		commandName('preflight'),
		'Fails if the compose stack could not run: invalid settings, or data that the image cannot serve.',
	)
		.argument('<directory>', 'where the volume is mounted')
		.requiredOption('--image <name>', 'the image that is to serve it')
		.requiredOption('--name <volume>', 'its name, for messages')
		.action((directory: string, { name, image }: Options) => {
			checkSettings(environment);
			const fault = volumeFault({ name, image, entries: entriesOf(directory) });
			if (fault !== undefined) throw fault;
		});
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
