import { extname, join } from 'node:path';
import { type MigrationFile, readMigrationFiles } from '../database/migrations/index.ts';
import type { SqlSeed } from '../database/seeds/index.ts';
import { SlipwayError } from '../errors.ts';
import { chainKeys, hashOf, hashOfCode, type Recipe, versionOf } from '../postgres/index.ts';
import type { RoleNames } from '../settings/index.ts';
import { type Contents, prepareServer, privateDatabase } from './prepare.ts';

interface Wanted extends Omit<Contents, 'database'> {
	readonly roles?: Partial<RoleNames> | undefined;
}

/**
 * How the snapshot of a prepared server is made, and the keys of the states on the way: after bootstrap, after each
 * migration, after each seed. `provider` tells where the server comes from and what of that shapes its data.
 */
export async function makeRecipe(provider: string, wanted: Wanted): Promise<Recipe> {
	const { migrations, seeds, roles } = wanted;
	const files = migrations === undefined ? [] : await readMigrationFiles(migrations);
	const keys = keysOf(provider, wanted, files);
	const recipe: Recipe = {
		keys,
		prepare: async (server) => {
			await prepareServer(server, { ...wanted, database: privateDatabase(server, roles) });
			const now = migrations === undefined ? [] : await readMigrationFiles(migrations);
			if (keysOf(provider, wanted, now).at(-1) !== keys.at(-1)) throw changedMeanwhile(migrations ?? '');
		},
	};
	return seeds.length === 0
		? recipe
		: { ...recipe, base: await makeRecipe(provider, { ...wanted, seeds: [] }) };
}

function keysOf(
	provider: string,
	{ extensions, seeds, roles }: Pick<Wanted, 'extensions' | 'seeds' | 'roles'>,
	files: readonly MigrationFile[],
): [string, ...string[]] {
	const links = [...files.map(({ name, sha256 }) => hashOf(name, sha256)), ...seeds.map(linkOf)];
	const { name, owner, migrator, app } = privateDatabase(anyServer, roles);
	const names = [name, owner, migrator.username, app.username];
	return chainKeys(hashOf(format, provider, codeOfPreparation(), ...names, '', ...extensions), links);
}

/** Change it when snapshots become incompatible although the code hashed below is the same. */
const format = 'slipway snapshot 1';

/** Only the names of the database and roles are used, which do not depend on the server. */
const anyServer = {
	admin: { host: '', port: 0, sslMode: 'disable', username: '', password: '', database: '' },
} as const;

const linkOf = ({ name, text }: SqlSeed) => hashOf('seed', name, text);

function codeOfPreparation(): string {
	const source = join(import.meta.dirname, '..');
	const parts = ['prepare', 'database', 'connection', `sql${extname(import.meta.filename)}`];
	const packages = ['postgres', 'pg', 'node-pg-migrate'];
	return hashOf(
		...parts.map((part) => hashOfCode(join(source, part))),
		...packages.map((name) => versionOf(name, import.meta.filename)),
	);
}

function changedMeanwhile(migrations: string): SlipwayError {
	return new SlipwayError(
		'migrations-changed',
		`the migrations in ${migrations} changed while they were applied`,
		'Run it again.',
	);
}
