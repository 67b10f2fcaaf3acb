import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from 'slipway/test-helpers/eventually';
import { ask, docker } from '../engine.ts';
import { ownerOptions } from '../service-image.ts';
import { type Data, type DatabaseCluster, find } from './manifests.ts';
import type { Namespace } from './pod.ts';

/** The secrets that CloudNativePG creates for a cluster: the login of the owner, and its authority. */
export async function issueSecrets({ metadata, spec }: DatabaseCluster): Promise<readonly Data[]> {
	const host = `${metadata.name}-rw`;
	const pem = await ask(
		...['run', '--rm', ...ownerOptions, '--entrypoint=openssl', 'postgres:18'],
		...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
		...['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${host}`, '-keyout', '-', '-out', '-'],
	);
	const [key = '', certificate = ''] = pem.split(/(?=-----BEGIN CERTIFICATE)/);
	const { owner } = spec.bootstrap.initdb;
	return [
		secret(`${metadata.name}-app`, { username: owner, password: randomBytes(16).toString('hex') }),
		secret(`${metadata.name}-ca`, { 'ca.crt': certificate, 'ca.key': key }),
	];
}

/** One instance of the cluster, with the database, the owner, the encoding and the rules of access of the manifest. */
export async function startInstance(namespace: Namespace, cluster: DatabaseCluster): Promise<Instance> {
	const { initdb } = cluster.spec.bootstrap;
	const name = cluster.metadata.name;
	const id = await ask(
		...['run', '--detach', ...ownerOptions],
		...[`--network=${namespace.network}`, `--network-alias=${name}-rw`],
		`--volume=${writeSetup(namespace, cluster)}:/setup:ro`,
		`--env=POSTGRES_PASSWORD=${randomBytes(16).toString('hex')}`,
		`--env=POSTGRES_INITDB_ARGS=--locale-provider=${initdb.localeProvider} --builtin-locale=${initdb.builtinLocale}`,
		...['--entrypoint=sh', 'postgres:18', '-c', start],
	);
	await eventually(
		async () => (await docker('exec', id, 'pg_isready', '-q', '-h', '127.0.0.1')).status === 0,
	);
	const query = (sql: string, database = 'postgres') =>
		ask('exec', id, 'psql', '-U', 'postgres', '-d', database, '-v', 'ON_ERROR_STOP=1', '-qAtc', sql);
	const { password } = decode(find<Data>(namespace.resources, 'Secret', `${name}-app`));
	await query(`CREATE ROLE ${initdb.owner} LOGIN PASSWORD '${password}'`);
	await query(`CREATE DATABASE ${initdb.database} OWNER ${initdb.owner}`);
	for (const sql of initdb.postInitApplicationSQL) await query(sql, initdb.database);
	return { query: (sql) => query(sql, initdb.database) };
}

export interface Instance {
	/** The output of a statement, run by a superuser in the application's database. */
	query(sql: string): Promise<string>;
}

/** PostgreSQL reads a key only if nobody else can. */
const start = `install -m 600 -o postgres /setup/tls.key /var/lib/postgresql/tls.key &&
	exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/setup/tls.crt \
		-c ssl_key_file=/var/lib/postgresql/tls.key -c hba_file=/setup/pg_hba.conf`;

function writeSetup({ resources, folder }: Namespace, { metadata, spec }: DatabaseCluster): string {
	const setup = mkdtempSync(join(folder, 'setup-'));
	chmodSync(setup, 0o755);
	const authority = decode(find<Data>(resources, 'Secret', `${metadata.name}-ca`));
	const rules = ['local all all trust', ...spec.postgresql.pg_hba, 'host all all all scram-sha-256'];
	writeFileSync(join(setup, 'tls.crt'), authority['ca.crt'] ?? '');
	writeFileSync(join(setup, 'tls.key'), authority['ca.key'] ?? '');
	writeFileSync(join(setup, 'pg_hba.conf'), `${rules.join('\n')}\n`);
	return setup;
}

function secret(name: string, values: Readonly<Record<string, string>>): Data {
	const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
	return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: Object.fromEntries(data) };
}

function decode({ data }: Data): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
	);
}
