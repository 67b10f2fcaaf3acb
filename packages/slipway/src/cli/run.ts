import { type Command, Option } from 'commander';
import { findDenials } from '../denials/index.ts';
import { programEnvironment } from '../program-environment.ts';
import { type ProviderChoice, providerChoices } from '../provider-names.ts';
import { runProgram } from '../run-program.ts';
import { type LoginRole, loginRoles } from '../settings/index.ts';
import { optionsFromEnvironment } from '../start-options.ts';
import { startPostgres } from '../start-postgres.ts';
import { defineCommand } from '../terminal/index.ts';
import { report } from './output.ts';
import type { Project } from './project.ts';

interface Options {
	readonly as: LoginRole;
	readonly postgres?: ProviderChoice;
	readonly migrations: boolean;
}

/** What follows the command belongs to it, also without the `--`, which yarn 1 removes. */
export function runCommandOf(project: Project): Command {
	return defineCommand(
		project.commandName('run'),
		'Runs a command on a PostgreSQL server of its own, with the migrations applied. The command finds the database in ' +
			'DATABASE_URL and in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE. The server is gone when it ends. Exits as ' +
			'the command does.',
	)
		.passThroughOptions()
		.argument('<command...>', 'after --, such as: -- npm test')
		.addOption(
			new Option('--as <role>', 'the role that the command logs in as').choices(loginRoles).default('app'),
		)
		.addOption(new Option('--postgres <provider>', 'where the server comes from').choices(providerChoices))
		.option('--no-migrations', 'start with an empty database')
		.action((command: [string, ...string[]], options: Options) => run(project, command, options));
}

async function run(
	project: Project,
	command: readonly [string, ...string[]],
	{ as, postgres, migrations }: Options,
): Promise<void> {
	const provider = postgres === undefined ? {} : { provider: postgres };
	await using server = await startPostgres({
		...optionsFromEnvironment(project.environment),
		...provider,
		...(!migrations && { migrations: false }),
	});
	const environment = programEnvironment(project.environment, server[as], process.cwd());
	const since = Date.now();
	process.exitCode = await runProgram(command, { environment });
	if (process.exitCode !== 0) for (const note of await findDenials({ ...server, since })) report(`\n${note}`);
}
