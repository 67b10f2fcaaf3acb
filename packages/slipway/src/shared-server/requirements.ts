import { SlipwayError } from '../errors.ts';

/** Options that change a server for all who use it, or that only the one who starts it can choose. */
export interface OwnServerOptions {
	readonly directory?: unknown;
	readonly port?: unknown;
	readonly settings?: unknown;
	readonly ssl?: unknown;
	readonly replication?: unknown;
	readonly logins?: unknown;
	readonly databases?: unknown;
	readonly database?: unknown;
	readonly migrations?: unknown;
}

const names = [
	'directory',
	'port',
	'settings',
	'ssl',
	'replication',
	'logins',
	'databases',
	'database',
] as const;

/** Throws `needs-own-server`. */
export function refuseOwnServerOptions(options: OwnServerOptions): void {
	const used: string[] = names.filter((name) => isUsed(options[name]));
	if (runsAsAdmin(options.migrations)) used.push("migrations.as: 'admin'");
	if (used.length === 0) return;
	throw new SlipwayError(
		'needs-own-server',
		`a shared test server cannot have ${used.join(', ')}: that would change it for others`,
		"Use a server of your own for these tests: provider: 'embedded' or 'container'. Or remove the option.",
	);
}

const isUsed = (value: unknown) =>
	value !== undefined &&
	value !== false &&
	!(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

const runsAsAdmin = (migrations: unknown) =>
	typeof migrations === 'object' && migrations !== null && 'as' in migrations && migrations.as === 'admin';
