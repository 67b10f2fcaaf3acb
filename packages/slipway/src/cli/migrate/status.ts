import type { Command } from 'commander';
import type { Connection } from '../../connection/index.ts';
import {
	describeProvenance,
	type MigrationStatus,
	migrationStatus,
	nameSome,
	readProvenance,
	refuseDivergence,
} from '../../database/migrations/index.ts';
import type { Project } from '../project.ts';
import { withMigratorLogin } from './login.ts';
import { printJson, printTable, tell } from './output.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';
import { nothingPending } from './unread.ts';

interface Options extends DirectoryOption {
	readonly json?: true;
}

export function statusCommand(project: Project): Command {
	return defineSubcommand('status', 'what is applied and what is not, and where that comes from')
		.option('--json', 'as JSON')
		.addHelpText(
			'after',
			'\nExit code: 0 all applied, 3 some pending, 1 files and database do not fit, or a failure',
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
		if (statuses.length === 0) tell(await nothingPending(directory));
		if (refused !== undefined) tell(refused);
		warnOfNewer(statuses);
		if (statuses.some(({ state }) => state === 'pending')) process.exitCode = 3;
	});
}

const origin = (provenance: unknown) => (provenance === undefined ? {} : { origin: provenance });

/** Says on stderr what is applied and later than every file. */
export async function tellNewer(connection: Connection, directory: string): Promise<void> {
	warnOfNewer(await migrationStatus(connection, directory));
}

function warnOfNewer(statuses: readonly MigrationStatus[]): void {
	const newer = statuses.filter(({ state }) => state === 'newer').map(({ name }) => name);
	if (newer.length === 0) return;
	tell(
		`the database is newer than these files, which lack ${nameSome(newer)}\n` +
			'  Check out the code that has it; or, to go back for good, revert it from there (scripts/migrate down).',
	);
}
