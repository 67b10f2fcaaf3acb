import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Credentials } from '../connection/index.ts';
import { passwordStatement } from '../database/bootstrap/index.ts';
import { hasCode, SlipwayError } from '../errors.ts';

/**
 * Gives the admin of the compose stack in `root` this password, whatever the old one is: PostgreSQL's image trusts
 * logins from inside its container. Only a verifier goes there, on standard input. Throws `stack-admin-failed`.
 */
export async function setStackAdminPassword(
	root: string,
	{ username, password }: Credentials,
	environment: NodeJS.ProcessEnv,
): Promise<void> {
	const psql = ['psql', '-X', '-q', '-U', username, '-d', 'postgres', '-v', 'ON_ERROR_STOP=1'];
	const child = spawn('docker', ['compose', 'exec', '-T', '-u', 'postgres', 'db', ...psql], {
		cwd: root,
		env: environment,
		stdio: ['pipe', 'ignore', 'pipe'],
	});
	child.stdin.on('error', () => {}); // It exits without reading.
	child.stdin.end(`${passwordStatement(username, password)};\n`);
	try {
		const [[status], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);
		if (status !== 0) throw failure(stderr.trim().split('\n').at(-1) ?? '');
	} catch (error) {
		throw hasCode(error, 'ENOENT') ? failure('Docker is not installed') : error;
	}
}

function failure(reason: string): SlipwayError {
	return new SlipwayError(
		'stack-admin-failed',
		`the password of the stack's admin was not changed: ${reason}`,
		'Start the database in the folder of compose.yaml: docker compose up --wait db. DB_ADMIN_USERNAME must be the admin that the volume was created with.',
	);
}
