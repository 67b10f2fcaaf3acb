import { databaseNameProblem, roleNameProblem } from './checks.ts';
import type { UrlParts } from './database-url.ts';
import type { Given, VariableReader } from './reader.ts';
import { defaultNames, type LoginRole, type Settings } from './settings.ts';
import { defaultOf, readDerivedName, readPassword, readText } from './values.ts';

const defaultPasswords: Record<LoginRole, string> = {
	app: 'app_password',
	migrator: 'migrator_password',
	admin: 'postgres',
};

export interface RoleChoices {
	/** The roles whose default password is an error. */
	readonly guarded: readonly LoginRole[];
	readonly oneRole?: boolean;
	readonly temporaryTables?: boolean | undefined;
	readonly grants?: readonly string[] | undefined;
	/** The name of the app if the login of this process, in `DATABASE_URL`, may be the migrator's. */
	readonly appOfMigrator?: string | undefined;
}

/** The database and the roles. */
export function readRoles(
	reader: VariableReader,
	url: UrlParts,
	{ guarded, oneRole = false, temporaryTables, grants, appOfMigrator }: RoleChoices,
): Pick<Settings, 'admin' | 'database'> {
	const database = readText(
		reader,
		'DATABASE_NAME',
		defaultNames.database,
		databaseNameProblem,
		url.database,
	);
	const own = oneRole ? undefined : readOwners(reader, database);
	const isMigrators = appOfMigrator !== undefined && url.username?.value === own?.migrator.value;
	const app = isMigrators
		? defaultOf('DB_USERNAME', appOfMigrator)
		: readText(reader, 'DB_USERNAME', defaultNames.app, roleNameProblem, url.username);
	const { owner, migrator } = own ?? { owner: app, migrator: app };
	const admin = readText(reader, 'DB_ADMIN_USERNAME', 'postgres', roleNameProblem);
	reportSharedNames(reader, oneRole ? [app, admin] : [app, owner, migrator, admin]);
	if (oneRole) reportOtherNames(reader, app);
	const given = { [isMigrators ? 'migrator' : 'app']: url.password };
	const passwords = readPasswords(reader, given, guarded, oneRole);
	return {
		admin: { username: admin.value, password: passwords.admin },
		database: {
			name: database.value,
			owner: owner.value,
			migrator: { username: migrator.value, password: passwords.migrator },
			app: { username: app.value, password: passwords.app },
			...(temporaryTables !== undefined && { temporaryTables }),
			...(grants !== undefined && { grants }),
		},
	};
}

function readOwners(reader: VariableReader, database: Given): { owner: Given; migrator: Given } {
	const read = (variable: string, suffix: string) =>
		readDerivedName(reader, variable, database, suffix, roleNameProblem);
	return {
		owner: read('DB_OWNER', defaultNames.owner),
		migrator: read('DB_MIGRATOR_USERNAME', defaultNames.migrator),
	};
}

/** With one role, a variable that names another would have no effect. */
function reportOtherNames(reader: VariableReader, app: Given): void {
	for (const variable of ['DB_OWNER', 'DB_MIGRATOR_USERNAME']) {
		const given = reader.text(variable);
		if (given === undefined || given.value === app.value) continue;
		reader.report(given, {
			what: `is not the one role, ${app.label}`,
			fix: "Unset it, or remove roles: 'one' from slipway.config.",
		});
	}
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
	given: { readonly app?: Given | undefined; readonly migrator?: Given | undefined },
	guarded: readonly LoginRole[],
	oneRole: boolean,
): Record<LoginRole, string> {
	const app = readPassword(reader, 'DB_PASSWORD', defaultPasswords.app, given.app);
	const passwords = {
		app,
		migrator: oneRole
			? app
			: readPassword(reader, 'DB_MIGRATOR_PASSWORD', defaultPasswords.migrator, given.migrator),
		admin: readPassword(reader, 'DB_ADMIN_PASSWORD', defaultPasswords.admin),
	};
	for (const password of new Set(guarded.map((role) => passwords[role]))) reportDefault(reader, password);
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
