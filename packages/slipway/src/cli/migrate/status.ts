import type { Command } from 'commander';
import type { Connection } from '../../connection/index.ts';
import {
	describeProvenance,
	listMigrations,
	listUnread,
	type MigrationStatus,
	migrationStatus,
	nameSome,
	readProvenance,
	refuseDivergence,
} from '../../database/migrations/index.ts';
import { printJson, report } from '../output.ts';
import type { Project } from '../project.ts';
import { withMigratorLogin } from './login.ts';
import { printTable } from './output.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly json?: true;
}

export function statusCommand(project: Project): Command {
	return defineSubcommand('status', 'show which migrations are applied, and where the others come from')
		.option('--json', 'print JSON')
		.addHelpText(
			'after',
			'\nExit code: 0 all applied, 3 some pending, 1 files and database do not match, or another error',
		)
		.action((options: Options) => status(project, options));
}

async function status(project: Project, { directory, json }: Options): Promise<void> {
	await withMigratorLogin(project, async (connection) => {
		const statuses = await migrationStatus(connection, directory);
		const { origins, refused } = await readProvenance(
			directory,
			statuses.filter(({ state }) => state !== 'applied').map(({ name }) => name),
		);
		if (json) printJson(statuses.map((each) => ({ ...each, ...origin(origins.get(each.name)) })));
		else
			printTable(
				['STATE', 'APPLIED AT', 'MIGRATION', 'ORIGIN'],
				statuses.map(({ name, state, appliedAt }) => [
					state,
					appliedAt?.toISOString() ?? '',
					name,
					describeProvenance(origins.get(name)).join(),
				]),
			);
		await refuseDivergence(statuses, directory);
		if (statuses.length === 0) report(await nothingPending(directory));
		if (refused !== undefined) report(refused);
		warnAboutNewer(project, statuses);
		if (statuses.some(({ state }) => state === 'pending')) process.exitCode = 3;
	});
}

const origin = (provenance: unknown) => (provenance === undefined ? {} : { origin: provenance });

/**
 * Why there is nothing to apply, with the ignored files in the folder: the user may have expected those to
 * run.
 */
export async function nothingPending(directory: string): Promise<string> {
	const [names, unread] = await Promise.all([listMigrations(directory), listUnread(directory)]);
	const what = names.length === 0 ? `there are no migrations in ${directory}` : 'nothing is pending';
	return unread.length === 0 ? what : `${what}; ignored in ${directory}: ${nameSome(unread)}`;
}

/** Reports migrations that are applied and later than every file. */
export async function reportNewer(
	project: Project,
	connection: Connection,
	directory: string,
): Promise<void> {
	warnAboutNewer(project, await migrationStatus(connection, directory));
}

function warnAboutNewer(project: Project, statuses: readonly MigrationStatus[]): void {
	const newer = statuses.filter(({ state }) => state === 'newer').map(({ name }) => name);
	if (newer.length === 0) return;
	report(
		`the database is newer than these files, which lack ${nameSome(newer)}\n` +
			`  Check out the code that has them. To go back for good, revert them from there: ${project.commandName('migrate')} down`,
	);
}
