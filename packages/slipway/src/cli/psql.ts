import type { Command } from 'commander';
import { type Connection, describeConnection } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { programEnvironment } from '../program-environment.ts';
import { runProgram } from '../run-program.ts';
import { defineCommand } from '../terminal/index.ts';
import { type AsOption, asOption, devLogin } from './dev-login.ts';
import type { Project } from './project.ts';

export function psqlCommand(project: Project): Command {
	return defineCommand(
		project.commandName('psql'),
		'Opens psql on the dev database. It has to be installed: Slipway brings the server only.',
	)
		.passThroughOptions()
		.argument('[arguments...]', "psql's own, after --, such as: -- -c 'SELECT 1'")
		.addOption(asOption())
		.action((args: readonly string[], { as }: AsOption) => psql(project, args, as));
}

async function psql(project: Project, args: readonly string[], as: AsOption['as']): Promise<void> {
	const login = await devLogin(project, as);
	const environment = programEnvironment(project.environment, login, process.cwd());
	try {
		process.exitCode = await runProgram(['psql', ...args], { environment });
	} catch (error) {
		if (error instanceof SlipwayError && error.code === 'command-not-found') throw noPsql(login, error);
		throw error;
	}
}

function noPsql(login: Connection, cause: Error): SlipwayError {
	return new SlipwayError(
		'no-psql',
		'psql is not installed on this machine',
		[
			'Install it (Debian and Ubuntu: apt-get install postgresql-client; macOS: brew install libpq),',
			`or open the database with another client: ${describeConnection(login)}; npx slipway url prints its URL with the password.`,
		].join('\n'),
		{ cause },
	);
}
