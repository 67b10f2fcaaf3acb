import type { Command } from 'commander';
import { dropData, listDatabases } from '../../database/dev-data/index.ts';
import { SlipwayError } from '../../errors.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import { report } from '../output.ts';
import type { Project } from '../project.ts';
import { withCurrentData } from './data.ts';
import { requireData } from './names.ts';

interface Options {
	readonly yes?: true;
}

export function dropCommand(project: Project): Command {
	return defineCommand('drop', 'drop a saved state, or the data of a branch that is not in use')
		.argument('<name>', 'the name of a saved state, or of a branch; branch:NAME if there are both')
		.option('--yes', 'do not ask for confirmation; required without a terminal')
		.action((name: string, options: Options) => drop(project, name, options));
}

async function drop(project: Project, name: string, { yes }: Options): Promise<void> {
	await withCurrentData(project, async ({ data, settings }) => {
		const found = requireData(await listDatabases(data.sql, data.project), name);
		if (found.name === settings.database.name) throw inUse(name);
		if (!yes) await confirm(`drop ${JSON.stringify(name)}`);
		await dropData(data, found.name);
		report(`dropped ${JSON.stringify(name)}`);
	});
}

function inUse(name: string): SlipwayError {
	return new SlipwayError(
		'data-in-use',
		`${JSON.stringify(name)} is the data that this checkout uses`,
		'Check out another branch first. Or build it again: npx slipway db reset',
	);
}
