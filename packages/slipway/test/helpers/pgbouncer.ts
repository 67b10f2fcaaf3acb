import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { makeDirectory } from './temporary-directory.ts';

/** Debian puts it where only root's PATH looks. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
/** Ends with the process that starts it, even where that is killed. */
const untilParentEnds = ['--pdeathsig', 'KILL', 'pgbouncer'];
const isInstalled = spawnSync('setpriv', [...untilParentEnds, '--version'], { env }).status === 0;
if (!isInstalled && process.env.CI)
	throw new Error('pgbouncer is not installed, which CI needs. Install it: apt-get install pgbouncer');
if (!isInstalled) process.stderr.write('pgbouncer is not installed: its tests are skipped\n');

export const describeWithPgBouncer = describe.skipIf(!isInstalled);

export const poolModes = ['session', 'transaction', 'statement'] as const;
export type PoolMode = (typeof poolModes)[number];

/** The same login through the pooler. */
export interface PgBouncer extends AsyncDisposable {
	through(login: Connection): Connection;
	/** Ends it, as the disposal does. */
	stop(): Promise<void>;
}

/**
 * A PgBouncer in front of the server of `logins`, which knows these and no others, with its default configuration except
 * for `settings`.
 */
export async function startPgBouncer(
	logins: readonly [Connection, ...Connection[]],
	poolMode: PoolMode,
	settings: Readonly<Record<string, string>> = {},
): Promise<PgBouncer> {
	const directory = makeDirectory();
	// It refuses to run as root.
	const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
	const { listen_port = String(await freePort()) } = settings;
	const files = writeFiles(directory.path, logins, { ...settings, pool_mode: poolMode, listen_port });
	if (user !== undefined) for (const file of [directory.path, ...files]) chownSync(file, user.uid, user.gid);
	const child = spawn('setpriv', [...untilParentEnds, '--quiet', files[0]], {
		...user,
		env,
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let log = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		log += text;
	});
	const exited = once(child, 'exit');
	const stop = async () => {
		child.kill('SIGKILL');
		await exited;
		directory[Symbol.dispose]();
	};
	const endpoint = { host: '127.0.0.1', port: Number(listen_port), sslMode: 'disable' } as const;
	const through = (login: Connection): Connection => ({ ...login, ...endpoint });
	const answers = async () => {
		if (child.exitCode !== null) throw new Error(`pgbouncer ended:\n${log}`);
		return await withClient(through(logins[0]), async () => true).catch(() => false);
	};
	await eventually(answers).catch(async (error: unknown) => {
		await stop();
		throw error;
	});
	return { through, stop, [Symbol.asyncDispose]: stop };
}

function writeFiles(
	directory: string,
	logins: readonly [Connection, ...Connection[]],
	settings: Readonly<Record<string, string>>,
): [string, string] {
	const [{ host, port }] = logins;
	const [configuration, users] = [join(directory, 'pgbouncer.ini'), join(directory, 'users')];
	const own = {
		listen_addr: '127.0.0.1',
		unix_socket_dir: '',
		auth_type: 'scram-sha-256',
		auth_file: users,
		...settings,
	};
	const lines = Object.entries(own).map(([name, value]) => `${name} = ${value}`);
	writeFileSync(
		configuration,
		`[databases]\n* = host=${host} port=${port}\n[pgbouncer]\n${lines.join('\n')}\n`,
	);
	writeFileSync(users, logins.map(({ username, password }) => `"${username}" "${password}"\n`).join(''));
	return [configuration, users];
}
