import { randomBytes } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { saysNoSpace } from './file-faults.ts';
import type { Programs } from './programs.ts';
import { endOf, startSupervised } from './supervisor.ts';
import { giveToOwner } from './user.ts';

/** The files of a server: its data directory (a "cluster" to PostgreSQL) and the password of its superuser. */
export interface Cluster {
	readonly data: string;
	readonly superuserPassword: string;
}

const superuser = 'postgres';
const maxPathBytes = 1023; // PostgreSQL's MAXPGPATH, less the closing NUL

/**
 * The cluster in `directory`; made first where there is none. It appears there under its name only when it is whole,
 * so that whatever interrupts its making, the next start makes it anew.
 */
export async function ensureCluster(directory: string, programs: Programs): Promise<Cluster> {
	const cluster = clusterIn(directory);
	checkPathLength(join(cluster, 'data'));
	if (!existsSync(cluster)) await createCluster(cluster, programs);
	checkVersion(join(cluster, 'data'), programs.binaries.major);
	giveToOwner(cluster, programs.launch);
	return readCluster(directory);
}

/** The cluster that is in `directory`. */
export function readCluster(directory: string): Cluster {
	const cluster = clusterIn(directory);
	return {
		data: join(cluster, 'data'),
		superuserPassword: readFileSync(join(cluster, 'superuser-password'), 'utf8'),
	};
}

export const clusterIn = (directory: string) => join(directory, 'cluster');

export function superuserConnection(port: number, password: string): Connection {
	return { host: '127.0.0.1', port, sslMode: 'disable', username: superuser, password, database: 'postgres' };
}

async function createCluster(cluster: string, programs: Programs): Promise<void> {
	removeUnfinished(cluster);
	const unfinished = mkdtempSync(`${cluster}.unfinished-`);
	try {
		const password = randomBytes(24).toString('base64url');
		writeFileSync(join(unfinished, 'superuser-password'), password, { mode: 0o600 });
		mkdirSync(join(unfinished, 'data'), { mode: 0o700 });
		giveToOwner(unfinished, programs.launch);
		await runInitdb(unfinished, programs);
		renameSync(unfinished, cluster);
	} finally {
		rmSync(unfinished, { recursive: true, force: true });
	}
}

/** What a killed run left; the caller has claimed the directory, so that nobody is at work on it. */
function removeUnfinished(cluster: string): void {
	const folder = dirname(cluster);
	for (const entry of readdirSync(folder)) {
		if (entry.startsWith(`${basename(cluster)}.unfinished-`))
			rmSync(join(folder, entry), { recursive: true });
	}
}

async function runInitdb(unfinished: string, programs: Programs): Promise<void> {
	const log = openSync(join(unfinished, 'initdb.log'), 'a+', 0o600);
	const supervisor = startSupervised({
		programs,
		command: programs.binaries.initdb,
		args: initdbArguments(unfinished, programs.durable),
		log,
		stopSignal: 'QUIT',
		remove: { directory: programs.durable ? unfinished : dirname(unfinished), when: 'failed' },
	});
	supervisor.ref();
	const { code, output } = await endOf(supervisor, log);
	supervisor.stdin?.end();
	if (code !== 0) throw initdbFault(dirname(unfinished), output);
}

function initdbArguments(unfinished: string, durable: boolean): string[] {
	return [
		`--pgdata=${join(unfinished, 'data')}`,
		`--username=${superuser}`,
		`--pwfile=${join(unfinished, 'superuser-password')}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale=C',
		// Sorts by code point and knows the letters of all scripts, alike on every system (PostgreSQL 17 and later).
		'--locale-provider=builtin',
		'--builtin-locale=C.UTF-8',
		'--no-instructions',
		...(durable ? [] : ['--no-sync']),
	];
}

function initdbFault(directory: string, output: string): SlipwayError {
	const reason = (output.match(/^initdb: error: .*$|^.*(?:FATAL|PANIC|error while loading).*$/gm) ?? [output])
		.map((line) => line.replace(/^initdb: error: /, ''))
		.join('\n');
	const message = `PostgreSQL could not make its data directory in ${directory}: ${reason}`;
	return saysNoSpace(reason)
		? new SlipwayError(
				'no-space',
				message,
				'Free some space on that disk (40 MB are needed), then try again.',
			)
		: new SlipwayError(
				'initdb-failed',
				message,
				`Check that ${directory} can be written to, then try again.`,
			);
}

function checkPathLength(data: string): void {
	const bytes = Buffer.byteLength(data);
	// The longest name below it is some 100 bytes long.
	if (bytes + 100 <= maxPathBytes) return;
	throw new SlipwayError(
		'path-too-long',
		`the path of the data directory is ${bytes} bytes long, and PostgreSQL takes ${maxPathBytes - 100}: ${data}`,
		'Move the checkout to a shorter path.',
	);
}

function checkVersion(data: string, major: number): void {
	const version = Number(readFileSync(join(data, 'PG_VERSION'), 'utf8'));
	if (version === major) return;
	throw new SlipwayError(
		'data-directory-version',
		`the data directory ${data} was made by PostgreSQL ${version}, and this is PostgreSQL ${major}`,
		`Dump it with the version that made it (pg_dump of PostgreSQL ${version}), or start anew: mv ${dirname(data)} ${dirname(data)}-${version}`,
	);
}
