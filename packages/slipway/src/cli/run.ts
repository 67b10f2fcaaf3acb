import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Login } from '../connection/index.ts';
import { findDenials } from '../denials/index.ts';
import { SlipwayError } from '../errors.ts';
import { programEnvironment } from '../program-environment.ts';
import { type TestProvider, testProviders } from '../provider-names.ts';
import { runProgram } from '../run-program.ts';
import { loginRoles } from '../settings/index.ts';
import { optionsFromEnvironment } from '../start-options.ts';
import { type PreparedServer, startPostgres } from '../start-postgres.ts';
import { defineCommand } from '../terminal/index.ts';
import { report } from './output.ts';
import type { Project } from './project.ts';

interface Options {
	readonly as: string;
	readonly postgres?: TestProvider;
	readonly migrations: boolean;
	readonly port?: number;
	readonly ssl?: true;
	readonly replication?: true;
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
		.option('--as <role>', `who the command logs in as: ${known}, or one of postgres.logins`, 'app')
		.addOption(new Option('--postgres <provider>', 'where the server comes from').choices(testProviders))
		.option('--no-migrations', 'start with an empty database')
		.option('--port <number>', 'the port to listen on (default: a free one)', parsePort)
		.option('--ssl', 'accept encrypted connections too')
		.option('--replication', 'accept replication, also logical')
		.action((command: [string, ...string[]], options: Options) => run(project, command, options));
}

async function run(
	project: Project,
	command: readonly [string, ...string[]],
	{ as, postgres, migrations, ...flags }: Options,
): Promise<void> {
	const provider = postgres === undefined ? {} : { provider: postgres };
	await using server = await startPostgres({
		...optionsFromEnvironment(project.environment, { provider: postgres }),
		...provider,
		...(!migrations && { migrations: false }),
		...flags,
	});
	const login = loginAs(as, server);
	const environment = {
		...programEnvironment(project.environment, login, process.cwd()),
		...noOtherServer,
		...(as === 'migrator' && { DB_MIGRATOR_USERNAME: login.username, DB_MIGRATOR_PASSWORD: login.password }),
	};
	const since = Date.now();
	process.exitCode = await runProgram(command, { environment });
	if (process.exitCode !== 0) for (const note of await findDenials({ ...server, since })) report(`\n${note}`);
}

/** Slipway's own commands, such as migrate, would find another server in `.env`. */
const noOtherServer = { DB_MIGRATOR_HOST: '', DB_MIGRATOR_PORT: '', DB_MIGRATOR_SSLMODE: '' };

const known = loginRoles.join(', ');

function loginAs(name: string, server: PreparedServer): Login {
	const own = loginRoles.find((role) => role === name);
	const login = own === undefined ? server.logins[name] : server[own];
	if (login !== undefined) return login;
	throw new SlipwayError(
		'unknown-login',
		`the server has no login ${JSON.stringify(name)}`,
		`Pass --as with one of ${[known, ...Object.keys(server.logins)].join(', ')}, or add it to postgres.logins in slipway.config.`,
	);
}

function parsePort(text: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
	throw new InvalidArgumentError('Give a number from 1 to 65535.');
}
