import type { Command } from 'commander';
import { copyOver, listDatabases, requireReadable, saveState } from '../../database/dev-data/index.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { withCurrentData } from './data.ts';
import { findBranch, namesBranch, noData, parseTargetName, requireData } from './names.ts';

interface Options {
	readonly replace?: true;
	readonly yes?: true;
}

export function copyCommand(project: Project): Command {
	return defineCommand(
		'copy',
		"copy a saved state or a branch's data: over the data of another branch, or else to a new saved state",
	)
		.argument('<from>', 'the name of a saved state, or of a branch; branch:NAME if there are both')
		.argument('<to>', 'the name of a branch, or a name for a state', parseTargetName)
		.option('--replace', 'copy over the state of this name')
		.option('--yes', "do not ask before a branch's data are replaced; required without a terminal")
		.action((from: string, to: string, options: Options) => copy(project, from, to, options));
}

async function copy(project: Project, from: string, to: string, { yes, replace }: Options): Promise<void> {
	await withCurrentData(project, async ({ data, checkout, report }) => {
		const databases = await listDatabases(data.sql, data.project);
		const source = requireData(databases, from, checkout);
		requireReadable(source);
		const target = findBranch(databases, to, checkout);
		if (target === undefined) {
			if (namesBranch(to)) throw noData(to);
			await saveState(data, source.name, to, { replace: replace ?? false });
			return report(`copied ${JSON.stringify(from)} to the saved state ${JSON.stringify(to)}`);
		}
		if (!yes) await confirm(`replace the data of the branch ${JSON.stringify(to)}`);
		await copyOver(data, source.name, target.name);
		report(`copied ${JSON.stringify(from)} over the data of the branch ${JSON.stringify(to)}`);
	});
}
