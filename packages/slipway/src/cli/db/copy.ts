import type { Command } from 'commander';
import { copyOver, listDatabases, requireReadable, saveState } from '../../database/dev-data/index.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { withDevDataServer } from './data.ts';
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
	await withDevDataServer(project, async ({ sql, name, checkout, report, change }) => {
		const find = async () => {
			const databases = await listDatabases(sql, name);
			const source = requireData(databases, from, checkout);
			requireReadable(source);
			return { source, target: findBranch(databases, to, checkout) };
		};
		const { target: branch } = await find();
		if (branch === undefined && namesBranch(to)) throw noData(to);
		if (branch !== undefined && !yes) await confirm(`replace the data of the branch ${JSON.stringify(to)}`);
		await change(async (data) => {
			// Another command may have changed it meanwhile.
			const { source, target } = await find();
			if (branch === undefined) await saveState(data, source.name, to, { replace: replace ?? false });
			else if (target?.name !== branch.name) throw noData(to);
			else await copyOver(data, source.name, target.name);
		});
		const place = branch === undefined ? 'to the saved state' : 'over the data of the branch';
		report(`copied ${JSON.stringify(from)} ${place} ${JSON.stringify(to)}`);
	});
}
