import type { Command } from 'commander';
import { replaceDatabase, withTemporary } from '../../database/dev-data/index.ts';
import { prepareDatabase, seedDatabase } from '../../dev/index.ts';
import { appConnection } from '../../settings/index.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { type CurrentData, withCurrentData } from './data.ts';

interface Options {
	readonly yes?: true;
}

export function resetCommand(project: Project): Command {
	return defineCommand(
		'reset',
		'build the dev database again from its migrations and development seeds; what was there before is kept for restore --undo',
	)
		.option('--yes', 'do not ask for confirmation; required without a terminal')
		.action(({ yes }: Options) => reset(project, yes));
}

async function reset(project: Project, yes: boolean | undefined): Promise<void> {
	if (!yes) await confirm('replace the dev data by what migrations and seeds create');
	await withCurrentData(project, async (current) => {
		await rebuild(current);
		current.report(
			'the database is as migrations and seeds create it; npx slipway db restore --undo takes it back',
		);
	});
}

/** Builds another database, so that a migration or seed that fails changes nothing. */
async function rebuild({ data, config, settings, endpoint, report }: CurrentData): Promise<void> {
	await withTemporary(data, async (name) => {
		const temporary = { ...settings, database: { ...settings.database, name } };
		const reportAsOwn = (line: string) => report(line.replaceAll(name, settings.database.name));
		const preparation = { config, settings: temporary, report: reportAsOwn };
		await prepareDatabase({ admin: data.admin }, preparation, false);
		await seedDatabase(appConnection(temporary, endpoint), config, reportAsOwn);
		await replaceDatabase(data, name, settings.database.name);
	});
}
