import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Connection } from '../../src/connection/index.ts';

/** Runs PostgreSQL's own pg_dump, so that no candidate judges itself. */
export interface Dumper extends Disposable {
	/** The schema of `connection`'s database, as SQL. */
	dump(connection: Connection): Promise<string>;
}

/** Starts a container to run pg_dump in. Needs Docker and the image postgres:18. */
export function startDumper(): Dumper {
	const run = [
		'run',
		'--detach',
		'--rm',
		'--network',
		'host',
		'--entrypoint',
		'sleep',
		'postgres:18',
		'infinity',
	];
	const container = execFileSync('docker', run, { encoding: 'utf8' }).trim();
	return {
		dump: (connection) => dumpSchema(container, connection),
		[Symbol.dispose]: () => void execFileSync('docker', ['rm', '--force', container]),
	};
}

async function dumpSchema(container: string, connection: Connection): Promise<string> {
	const { host, port, username, database, password } = connection;
	const { stdout } = await promisify(execFile)(
		'docker',
		[
			...['exec', '--env', 'PGPASSWORD', container, 'pg_dump', '--schema-only'],
			...['--host', host, '--port', String(port), '--username', username, database],
		],
		{ env: { ...process.env, PGPASSWORD: password }, maxBuffer: 2 ** 26 },
	);
	// Removes the random key of \restrict, and the names of NOT NULL constraints, which a rename does not
	// change.
	return stdout
		.replaceAll(/^\\(un)?restrict .*$/gm, '')
		.replaceAll(/CONSTRAINT \w+_not_null NOT NULL/g, 'NOT NULL');
}
