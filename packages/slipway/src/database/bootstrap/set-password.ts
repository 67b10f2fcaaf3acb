import { type Connection, maintenanceDatabase } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';
import { acquireBootstrapLock, type LockOptions } from './lock.ts';
import { scramVerifier } from './scram.ts';
import { withAdmin } from './with-admin.ts';

export interface PasswordChange extends LockOptions {
	/** Called once nobody else can change passwords. */
	readonly choose: () => string;
	/** Called when the server has the password, before somebody else can change it. */
	readonly onChanged: (password: string) => void;
}

/** Changes the password of a role. Sessions go on; new ones need the new password. Throws `no-role`, `bootstrap-busy`. */
export async function setPassword(
	login: Connection,
	username: string,
	change: PasswordChange,
): Promise<void> {
	const admin = { ...login, database: maintenanceDatabase };
	await withAdmin(admin, async (sql) => {
		await acquireBootstrapLock(sql, admin, change);
		const [role] = await sql`SELECT FROM pg_roles WHERE rolname = ${username}`;
		if (role === undefined) throw noRole(username);
		const password = change.choose();
		await sql.unsafe(passwordStatement(username, password));
		change.onChanged(password);
	});
}

export function passwordStatement(username: string, password: string): string {
	return `ALTER ROLE ${quoteIdentifier(username)} PASSWORD ${quoteLiteral(scramVerifier(password))}`;
}

function noRole(username: string): SlipwayError {
	return new SlipwayError(
		'no-role',
		`there is no role ${JSON.stringify(username)} on the server`,
		'Create it: npx slipway bootstrap',
	);
}
