import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Login, maintenanceDatabase, toLogin } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { unusablePath } from './binaries.ts';
import { clusterIn } from './cluster-folder.ts';
import { checkPermissions } from './data-permissions.ts';
import { createCluster, passwordFile, superuser } from './initdb.ts';
import type { Programs } from './programs.ts';
import { settleReplacement } from './swap.ts';
import { giveToOwner } from './user.ts';

/** A server's data directory, which PostgreSQL calls a cluster, and the password of its superuser. */
export interface Cluster {
	readonly data: string;
	readonly superuserPassword: string;
}

const maxPathBytes = 1023; // PostgreSQL's MAXPGPATH without the terminating NUL

/** The cluster in `directory`, which is created if there is none. */
export async function ensureCluster(directory: string, programs: Programs): Promise<Cluster> {
	const cluster = clusterIn(directory);
	checkPath(join(cluster, 'data'));
	settleReplacement(directory);
	if (!existsSync(cluster)) await createCluster(cluster, programs);
	else if (programs.durable) checkPermissions(cluster);
	checkVersion(cluster, programs.binaries.major);
	giveToOwner(cluster, programs.launch);
	return readCluster(directory);
}

/** Throws the error that `ensureCluster` would throw for the files in `directory`, and changes nothing. */
export function checkCluster(directory: string, major: number): void {
	const cluster = clusterIn(directory);
	checkPath(join(cluster, 'data'));
	if (!existsSync(cluster)) return;
	checkPermissions(cluster);
	checkVersion(cluster, major);
	readCluster(directory);
}

/** The existing cluster in `directory`. Throws `cluster-damaged` if a part of it is missing. */
export function readCluster(directory: string): Cluster {
	const cluster = clusterIn(directory);
	const superuserPassword = readPart(cluster, passwordFile);
	return { data: join(cluster, 'data'), superuserPassword };
}

/** `sslRootCert`: the authority of its certificate, if it has one. */
export function superuserConnection(port: number, password: string, sslRootCert?: string): Login {
	return toLogin({
		host: '127.0.0.1',
		port,
		sslMode: sslRootCert === undefined ? 'disable' : 'require',
		sslRootCert,
		username: superuser,
		password,
		database: maintenanceDatabase,
	});
}

function checkPath(data: string): void {
	// In the server's lock file, the path is one line.
	if (data.includes('\n')) throw unusablePath('its data directory', data, '\n');
	const bytes = Buffer.byteLength(data);
	// The longest path in a data directory has about 100 bytes.
	if (bytes + 100 <= maxPathBytes) return;
	throw new SlipwayError(
		'path-too-long',
		`the path of the data directory is ${bytes} bytes long, and PostgreSQL accepts at most ${maxPathBytes - 100}: ${data}`,
		'Move the checkout to a shorter path.',
	);
}

function checkVersion(cluster: string, major: number): void {
	const version = Number(readPart(cluster, 'data/PG_VERSION'));
	if (version === major) return;
	throw new SlipwayError(
		'data-directory-version',
		`the data directory ${join(cluster, 'data')} was created by PostgreSQL ${version}, and this is PostgreSQL ${major}`,
		`${version < major ? 'Move it to the new version: npx slipway db upgrade. Or keep' : 'Keep'} using PostgreSQL ${version} (POSTGRES_VERSION=${version}, or postgres.version in slipway.config.ts), or start over: ${moveAway(cluster)}`,
	);
}

function readPart(cluster: string, name: string): string {
	const file = join(cluster, name);
	const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
	if (text !== '') return text;
	throw new SlipwayError(
		'cluster-damaged',
		`the file ${file} is missing or empty`,
		`Restore it from a backup, or start over: ${moveAway(cluster)}`,
	);
}

const moveAway = (cluster: string) => `mv '${cluster}' '${cluster}-old'`;
