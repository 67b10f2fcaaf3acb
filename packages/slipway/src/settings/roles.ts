import { databaseNameProblem, roleNameProblem } from './checks.ts';
import type { UrlParts } from './database-url.ts';
import type { Given, VariableReader } from './reader.ts';
import { defaultNames, type LoginRole, type Settings } from './settings.ts';
import { readDerivedName, readPassword, readText } from './values.ts';

const defaultPasswords: Record<LoginRole, string> = {
	app: 'app_password',
	migrator: 'migrator_password',
	admin: 'postgres',
};

/** The database and the roles. A default password of a role in `guarded` is an error. */
export function readRoles(
	reader: VariableReader,
	url: UrlParts,
	guarded: readonly LoginRole[],
): Pick<Settings, 'admin' | 'database'> {
	const database = readText(
		reader,
		'DATABASE_NAME',
		defaultNames.database,
		databaseNameProblem,
		url.database,
	);
	const app = readText(reader, 'DB_USERNAME', defaultNames.app, roleNameProblem, url.username);
	const owner = readDerivedName(reader, 'DB_OWNER', database, defaultNames.owner, roleNameProblem);
	const migrator = readDerivedName(
		reader,
		'DB_MIGRATOR_USERNAME',
		database,
		defaultNames.migrator,
		roleNameProblem,
	);
	const admin = readText(reader, 'DB_ADMIN_USERNAME', 'postgres', roleNameProblem);
	reportSharedNames(reader, [app, owner, migrator, admin]);
	const passwords = readPasswords(reader, url.password, guarded);
	return {
		admin: { username: admin.value, password: passwords.admin },
		database: {
			name: database.value,
			owner: owner.value,
			migrator: { username: migrator.value, password: passwords.migrator },
			app: { username: app.value, password: passwords.app },
		},
	};
}

/** A role with two jobs would have the privileges of both. */
function reportSharedNames(reader: VariableReader, names: readonly Given[]): void {
	const valid = names.filter((name) => name.valid);
	for (const [index, name] of valid.entries()) {
		const earlier = valid.slice(0, index).find(({ value }) => value === name.value);
		if (earlier === undefined) continue;
		reader.report(name, {
			what: `is the same role as ${earlier.label}`,
			fix: 'Give each role a name of its own.',
		});
	}
}

function readPasswords(
	reader: VariableReader,
	urlPassword: Given | undefined,
	guarded: readonly LoginRole[],
): Record<LoginRole, string> {
	const passwords = {
		app: readPassword(reader, 'DB_PASSWORD', defaultPasswords.app, urlPassword),
		migrator: readPassword(reader, 'DB_MIGRATOR_PASSWORD', defaultPasswords.migrator),
		admin: readPassword(reader, 'DB_ADMIN_PASSWORD', defaultPasswords.admin),
	};
	for (const role of guarded) reportDefault(reader, passwords[role]);
	return {
		app: passwords.app.value,
		migrator: passwords.migrator.value,
		admin: passwords.admin.value,
	};
}

function reportDefault(reader: VariableReader, password: Given): void {
	if (!password.valid || !Object.values(defaultPasswords).includes(password.value)) return;
	reader.report(password, {
		what: 'is a default password, which NODE_ENV=production refuses',
		fix: 'Set a password of your own, or the …_FILE variable to a file that contains it.',
	});
}
