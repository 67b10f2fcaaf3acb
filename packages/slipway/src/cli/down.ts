import type { Command } from 'commander';
import { findDevServer, stopInBackground } from '../dev/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { report } from './output.ts';
import type { Project } from './project.ts';

export function downCommand(project: Project): Command {
	return defineCommand(
		project.commandName('down'),
		'Stops the server that "up" has started for this project. Its data is kept.',
	).action(() => down(project));
}

async function down({ root, commandName }: Project): Promise<void> {
	const running = await findDevServer(root);
	if (running === undefined) return report('no dev server is running');
	await stopInBackground(running);
	report(
		`stopped PostgreSQL (${running.provider}); its data is kept, and ${commandName('up')} starts it again`,
	);
}
