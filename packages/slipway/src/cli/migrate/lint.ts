import type { Command } from 'commander';
import { lintMigrations, nameSome, refuseFindings } from '../../database/migrations/index.ts';
import { print, printJson, report } from '../output.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly source: string;
	readonly json?: true;
}

export function lintCommand(): Command {
	return defineSubcommand(
		'lint',
		'find statements that are dangerous if tables are big or in use; needs no database',
	)
		.option('--source <path>', 'the code to search for names that migrations drop')
		.option('--json', 'print JSON')
		.addHelpText(
			'after',
			'\nTo allow a finding, put a comment above the statement: -- lint: allow KIND because REASON',
		)
		.action(lint);
}

async function lint({ directory, source, json }: Options): Promise<void> {
	const findings = await lintMigrations(directory, {
		source,
		onSkipped: (files) => report(`skipped, because they are not SQL: ${nameSome(files)}`),
	});
	if (json) printJson(findings);
	else
		for (const { path, line, column, kind, message } of findings)
			print(`${path}:${line}:${column}: ${kind}: ${message}`);
	refuseFindings(findings);
}
