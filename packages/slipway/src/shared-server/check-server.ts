import {
	type Connection,
	describeConnection,
	maintenanceDatabase,
	withExclusiveClient,
} from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { majorOf, oldestMajor } from '../postgres-versions.ts';
import { quoteIdentifier } from '../sql.ts';

/** What Slipway has to know of a shared server. */
export interface ServerFacts {
	/** `server_version_num`, such as 180004. */
	readonly version: number;
	readonly createsRoles: boolean;
	readonly createsDatabases: boolean;
}

/**
 * Reads the facts, and throws if tests cannot use the server: what `withExclusiveClient` throws, `server-too-old` and
 * `test-server-rights`.
 */
export async function checkServer(admin: Connection): Promise<ServerFacts> {
	const facts = await withExclusiveClient({ ...admin, database: maintenanceDatabase }, async (sql) => {
		const [row] = await sql<[ServerFacts]>`
			SELECT current_setting('server_version_num')::int AS version,
				rolsuper OR rolcreaterole AS "createsRoles", rolsuper OR rolcreatedb AS "createsDatabases"
			FROM pg_roles WHERE rolname = current_user`;
		return { ...row };
	}).catch((error: unknown) => {
		throw namingTheVariable(error);
	});
	checkFacts(facts, admin);
	return facts;
}

export function checkFacts(facts: ServerFacts, admin: Connection): void {
	if (majorOf(facts.version) < oldestMajor) throw tooOld(facts, admin);
	if (!facts.createsDatabases) throw lacksRights(admin, 'databases', 'CREATEDB');
}

/** Throws `test-server-rights`. */
export function requireRoleCreation({ createsRoles }: ServerFacts, admin: Connection): void {
	if (!createsRoles) throw lacksRights(admin, 'roles', 'CREATEROLE');
}

/** Other servers are named by other variables. */
function namingTheVariable(error: unknown): unknown {
	if (!(error instanceof SlipwayError)) return error;
	const { code, message, hint } = error;
	return new SlipwayError(
		code,
		`the shared test server cannot be used: ${message}`,
		`${hint}\nThe shared test server is named by SLIPWAY_TEST_SERVER.`,
		{ cause: error },
	);
}

const tooOld = ({ version }: ServerFacts, admin: Connection) =>
	new SlipwayError(
		'server-too-old',
		`the shared test server ${describeConnection(admin)} runs PostgreSQL ${majorOf(version)}; Slipway needs ${oldestMajor} or later`,
		`Set SLIPWAY_TEST_SERVER to a server that runs PostgreSQL ${oldestMajor} or later.`,
	);

function lacksRights(admin: Connection, what: string, right: string): SlipwayError {
	const alternative =
		right === 'CREATEROLE' ? '\nOr set roles: false in slipway.config, so that tests need no roles.' : '';
	return new SlipwayError(
		'test-server-rights',
		`the login ${describeConnection(admin)} may not create ${what}`,
		`Have a superuser run: ALTER ROLE ${quoteIdentifier(admin.username)} ${right};${alternative}`,
	);
}
