import type { Command } from 'commander';
import { saveState } from '../../database/dev-data/index.ts';
import { defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { withCurrentData } from './data.ts';
import { parseStateName } from './names.ts';

interface Options {
	readonly replace?: true;
}

export function saveCommand(project: Project): Command {
	return defineCommand('save', 'save the data of the dev database under a name')
		.argument('<name>', 'a name for the state', parseStateName)
		.option('--replace', 'save over the state of this name')
		.action((name: string, options: Options) => save(project, name, options));
}

async function save(project: Project, name: string, options: Options): Promise<void> {
	await withCurrentData(project, async ({ data, settings, report }) => {
		await saveState(data, settings.database.name, name, options);
		report(`saved ${JSON.stringify(name)}; npx slipway db restore ${quoteName(name)} brings it back`);
	});
}

const quoteName = (name: string) => (/^[\w./-]+$/.test(name) ? name : JSON.stringify(name));
