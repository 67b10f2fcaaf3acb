import { inspect } from 'node:util';
import { SlipwayError } from './errors.ts';
import type { StartServerOptions } from './postgres/index.ts';
import type { DatabaseSettings, RoleNames } from './settings/index.ts';

export interface StartPostgresOptions extends StartServerOptions {
	/** The folder with the migrations to apply; none are without it. */
	readonly migrations?: string;
	/** Names and passwords; by default a database `app` with passwords that nobody else knows. */
	readonly database?: DatabaseSettings;
	/** What the roles are called; by default `app_owner`, `app_migrator` and `app_user`. A `database` says it itself. */
	readonly roles?: Partial<RoleNames>;
	/** Extensions to create before the migrations run. */
	readonly extensions?: readonly string[];
	/** Rows to begin with: SQL, or files that end in `.sql`. The migrator writes them, after the migrations. */
	readonly seed?: string | readonly string[];
	/**
	 * The folder that keeps prepared servers for the next ones to start from; false keeps none. Without it that is
	 * `node_modules/.cache/slipway/snapshots`. A server with a `directory` or a `database` of the caller's does not
	 * start from there. In containers the servers are images on the engine, and the folder has their names.
	 */
	readonly snapshots?: string | false;
}

/** The files and folders whose contents shape the database. */
export function inputsOf({ migrations, seed = [] }: StartPostgresOptions): string[] {
	const seeds = [seed].flat().filter((each) => each.endsWith('.sql'));
	return migrations === undefined ? seeds : [migrations, ...seeds];
}

interface Kind {
	/** As the end of "it has to be …". */
	readonly name: string;
	readonly fits: (value: unknown) => boolean;
}

const isText = (value: unknown) => typeof value === 'string';
const isList = (value: unknown) => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is object =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isRoles = (value: unknown) =>
	isObject(value) &&
	isList(Object.values(value)) &&
	Object.keys(value).every((key) => ['owner', 'migrator', 'app'].includes(key));

const text: Kind = { name: 'a text', fits: isText };
const list: Kind = { name: "a list of texts, such as ['pg_trgm']", fits: isList };
const providers: readonly unknown[] = [
	'embedded',
	'container',
	'choose',
] satisfies StartServerOptions['provider'][];

/** Every option, so that none is forgotten here. */
const kinds: Readonly<Record<keyof StartPostgresOptions, Kind>> = {
	migrations: text,
	seed: { name: 'a text or a list of texts', fits: (value) => isText(value) || isList(value) },
	extensions: list,
	settings: {
		name: "an object of texts, such as { max_connections: '200' }",
		fits: (value) => isObject(value) && isList(Object.values(value)),
	},
	provider: { name: `one of ${providers.join(', ')}`, fits: (value) => providers.includes(value) },
	image: text,
	snapshots: { name: 'a text or false', fits: (value) => isText(value) || value === false },
	database: { name: 'an object', fits: isObject },
	roles: { name: 'an object of texts: owner, migrator, app', fits: isRoles },
	directory: text,
	command: text,
};

/**
 * Throws `invalid-options`, which names all keys of `options` that mean nothing and all values of the wrong kind: types do
 * not see a misspelt key everywhere, and what is not read is not missed.
 */
export function checkOptions(options: object, except: readonly string[] = []): void {
	const names = Object.keys(kinds).filter((name) => !except.includes(name));
	const faults = Object.entries(options).flatMap(([key, value]) => {
		if (!names.includes(key)) return [`there is no "${key}"`];
		const kind = kinds[key as keyof typeof kinds];
		if (value === undefined || kind.fits(value)) return [];
		// What is given for a database has passwords in it.
		const given = key === 'database' ? '' : ` is ${inspect(value, { depth: 1 })} and`;
		return [`"${key}"${given} has to be ${kind.name}`];
	});
	if (faults.length === 0) return;
	throw new SlipwayError(
		'invalid-options',
		`PostgreSQL cannot be started with these options: ${faults.join('; ')}`,
		`The options are ${names.join(', ')}.`,
	);
}
