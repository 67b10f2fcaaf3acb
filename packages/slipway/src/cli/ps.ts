import type { Command } from 'commander';
import { checkoutsFolder, findDevServer, listCheckouts, type RunningServer } from '../dev/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { printTable } from './migrate/output.ts';
import { printJson, report } from './output.ts';
import type { Project } from './project.ts';

interface Options {
	readonly all?: true;
	readonly json?: true;
}

export function psCommand(project: Project): Command {
	return defineCommand(project.commandName('ps'), 'Lists the dev server that runs for this project.')
		.option('--all', 'those of all checkouts of this user')
		.option('--json', 'print a JSON array')
		.action((options: Options) => ps(project, options));
}

async function ps(project: Project, { all, json }: Options): Promise<void> {
	const roots = all ? listCheckouts(checkoutsFolder(project.environment)) : [project.root];
	const found = await Promise.all(roots.map(findDevServer));
	const rows = found.filter((server) => server !== undefined).map(describe);
	if (json) return printJson(rows);
	if (rows.length === 0) return report('no dev server is running');
	printTable(
		['project', 'postgres', 'address', 'process', 'since', 'started by'],
		rows.map(({ project: root, provider, host, port, pid, since, command }) => [
			root,
			provider,
			`${host}:${port}`,
			String(pid),
			since,
			command,
		]),
	);
}

const describe = ({
	root,
	provider,
	admin: { host, port },
	holder: { pid, since, command },
}: RunningServer) => ({
	project: root,
	provider,
	host,
	port,
	pid,
	since,
	command,
});
