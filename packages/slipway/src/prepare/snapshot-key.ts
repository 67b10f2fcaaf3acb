import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FurtherLogin } from '../database/bootstrap/index.ts';
import type { SqlSeed } from '../database/seeds/index.ts';
import type { MigrationStep } from '../migration-sources/index.ts';
import { type ServerSettings, temporarySettings } from '../postgres/index.ts';
import type { ProviderName } from '../provider-names.ts';
import type { DatabaseSettings } from '../settings/index.ts';
import { codeIn, versionOf } from './code-version.ts';

/** Where a server comes from. */
export interface Origin {
	readonly provider: ProviderName;
	/** What shapes the data of this provider's servers, such as version and platform. */
	readonly identity: readonly string[];
	readonly settings?: ServerSettings | undefined;
}

/** The steps that prepare a server. */
export interface Steps {
	/** Of the roles, only the names count: passwords are derived from the superuser's. */
	readonly database: DatabaseSettings;
	readonly extensions: readonly string[];
	readonly logins: readonly FurtherLogin[];
	readonly databases: readonly string[];
	readonly migrations: readonly MigrationStep[];
	readonly seeds: readonly SqlSeed[];
}

/** Change it if old snapshots must not be used any more although nothing else in their keys changes. */
const format = 'slipway snapshot 1';

/** The folders and files of `src` with code that shapes a snapshot of any provider. */
export const shapingFolders = [
	'prepare',
	'migration-sources',
	'connection',
	'database',
	'database/bootstrap',
	'database/migrations',
	'database/sql-migrations',
	'database/seeds',
];
export const shapingFiles = ['sql', 'postgres-versions', 'program-environment', 'pg'];
/** Where each provider's own code is. */
const codeFolders: Readonly<Record<ProviderName, string>> = {
	embedded: 'postgres/embedded',
	container: 'postgres/container',
	external: 'shared-server',
};
const packages = ['postgres', 'pg', 'node-pg-migrate', 'jiti'];

/**
 * The key of each state that a server passes through: after bootstrap, after each migration, after each seed.
 */
export function keysOf(origin: Origin, steps: Steps): [string, ...string[]] {
	const links = [
		...steps.migrations.map(({ name, sha256 }) => hashOf(name, sha256)),
		...steps.seeds.map(({ name, text }) => hashOf('seed', name, text)),
	];
	const keys: [string, ...string[]] = [firstKey(origin, steps)];
	for (const link of links) keys.push(hashOf(keys.at(-1) ?? '', link));
	return keys;
}

function firstKey({ provider, identity, settings }: Origin, steps: Steps): string {
	const { database, databases, logins, extensions } = steps;
	const { name, owner, migrator, app, temporaryTables = false } = database;
	return hashOf(
		format,
		provider,
		...[...identity, ''],
		...Object.entries({ ...temporarySettings, ...settings })
			.toSorted()
			.flat(),
		hashOfCode(provider),
		...packages.map((name) => versionOf(name, import.meta.filename)),
		...[name, owner, migrator.username, app.username, String(temporaryTables), ''],
		...[...extensions, ''],
		...[...databases, ''],
		...logins.flatMap((login) => [login.name, login.password, String(login.superuser ?? false)]),
	);
}

const codeHashes = new Map<ProviderName, string>();

/** Reads the code once per process. */
function hashOfCode(provider: ProviderName): string {
	const hash = codeHashes.get(provider) ?? hashOf(...codeOf(provider));
	codeHashes.set(provider, hash);
	return hash;
}

function codeOf(provider: ProviderName): string[] {
	const source = join(import.meta.dirname, '..');
	const single = shapingFiles.map((file) => join(source, `${file}${extname(import.meta.filename)}`));
	return [
		...[...shapingFolders, codeFolders[provider]].flatMap((folder) => codeIn(join(source, folder))),
		...single.map((file) => readFileSync(file, 'utf8')),
	];
}

/** The hash of a list of strings. Different lists have different hashes. */
function hashOf(...parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
