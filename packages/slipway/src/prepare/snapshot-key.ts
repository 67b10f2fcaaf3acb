import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { MigrationFile } from '../database/migrations/index.ts';
import type { SqlSeed } from '../database/seeds/index.ts';
import { type ServerSettings, temporarySettings } from '../postgres/index.ts';
import type { OwnProvider } from '../provider-names.ts';
import type { DatabaseSettings } from '../settings/index.ts';
import { codeIn, versionOf } from './code-version.ts';

/** Where a server comes from. */
export interface Origin {
	readonly provider: OwnProvider;
	/** What of the provider shapes the data of its servers. */
	readonly identity: readonly string[];
	readonly settings?: ServerSettings | undefined;
}

/** What is done on a server. */
export interface Steps {
	/** Of the roles, only the names count: passwords follow from the server's own. */
	readonly database: DatabaseSettings;
	readonly extensions: readonly string[];
	readonly migrations: readonly MigrationFile[];
	readonly seeds: readonly SqlSeed[];
}

/** To be changed when a snapshot means something else though nothing else in its key has changed. */
const format = 'slipway snapshot 1';

/** The folders of `src` with the code that shapes a snapshot, wherever it comes from. */
export const shapingFolders = [
	'prepare',
	'connection',
	'database',
	'database/bootstrap',
	'database/migrations',
	'database/seeds',
];
export const shapingFiles = ['sql', 'postgres-versions'];
const packages = ['postgres', 'pg', 'node-pg-migrate'];

/** The key of each state that a server passes through: after bootstrap, after each migration, after each seed. */
export function keysOf(origin: Origin, steps: Steps): [string, ...string[]] {
	const links = [
		...steps.migrations.map(({ name, sha256 }) => hashOf(name, sha256)),
		...steps.seeds.map(({ name, text }) => hashOf('seed', name, text)),
	];
	const keys: [string, ...string[]] = [firstKey(origin, steps)];
	for (const link of links) keys.push(hashOf(keys.at(-1) ?? '', link));
	return keys;
}

function firstKey({ provider, identity, settings }: Origin, { database, extensions }: Steps): string {
	const { name, owner, migrator, app } = database;
	return hashOf(
		format,
		provider,
		...[...identity, ''],
		...Object.entries({ ...temporarySettings, ...settings })
			.toSorted()
			.flat(),
		hashOfCode(provider),
		...packages.map((name) => versionOf(name, import.meta.filename)),
		...[name, owner, migrator.username, app.username, ''],
		...extensions,
	);
}

const codeHashes = new Map<OwnProvider, string>();

/** The code is read once. */
function hashOfCode(provider: OwnProvider): string {
	const hash = codeHashes.get(provider) ?? hashOf(...codeOf(provider));
	codeHashes.set(provider, hash);
	return hash;
}

function codeOf(provider: OwnProvider): string[] {
	const source = join(import.meta.dirname, '..');
	const single = shapingFiles.map((file) => join(source, `${file}${extname(import.meta.filename)}`));
	return [
		...[...shapingFolders, `postgres/${provider}`].flatMap((folder) => codeIn(join(source, folder))),
		...single.map((file) => readFileSync(file, 'utf8')),
	];
}

/** The hash of a list of texts, which no other list has. */
function hashOf(...parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
