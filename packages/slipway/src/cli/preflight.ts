import type { Command } from 'commander';
import { preflight } from '../stack/index.ts';
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
		'Fails if the compose stack could not run: invalid settings, or data that the image cannot serve.',
	)
		.argument('<directory>', 'where the volume is mounted')
		.requiredOption('--checkout <directory>', 'where compose has read .env')
		.requiredOption('--image <name>', 'the image that is to serve it')
		.requiredOption('--name <volume>', 'its name, for messages')
		.action((directory: string, { name, image, checkout }: Options) =>
			preflight({ directory, checkout, environment, name, image }),
		);
}
