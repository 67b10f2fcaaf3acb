import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';

/** Enough for any test, and few enough that tests that run at the same time do not starve each other. */
export const connectionLimit = 21;

/**
 * Makes `database` a template that accepts no connections, so that it cannot change and can always be cloned.
 */
export async function sealTemplate(superuser: Sql, database: string): Promise<void> {
	await superuser.unsafe(
		`ALTER DATABASE ${quoteIdentifier(database)} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`,
	);
}

/**
 * Creates the database `name` as a copy of `template`. FILE_COPY takes less than half the time of WAL_LOG if
 * nothing waits for the disk. PostgreSQL itself copies neither the privileges on the database nor its
 * settings.
 */
export async function cloneTemplate(superuser: Sql, template: string, name: string): Promise<void> {
	const [row] = await superuser<[{ owner: string }]>`
		SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = ${template}`;
	await superuser.unsafe(
		`CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(row.owner)}
		TEMPLATE ${quoteIdentifier(template)} STRATEGY FILE_COPY CONNECTION LIMIT ${connectionLimit}`,
	);
	await copyDatabaseAccess(superuser, template, name);
}

/**
 * Gives the clone `name` the privileges on `template` and its settings. Copies between catalogs directly: as SQL, each
 * kind of list setting would need its own quoting, and grants made one by one could have a different grantor.
 */
export async function copyDatabaseAccess(superuser: Sql, template: string, name: string): Promise<void> {
	const databases = `(SELECT * FROM pg_database WHERE datname = ${quoteLiteral(template)}) AS template,
		(SELECT oid FROM pg_database WHERE datname = ${quoteLiteral(name)}) AS clone`;
	await superuser.unsafe(`
		SET LOCAL allow_system_table_mods = on;
		UPDATE pg_database SET datacl = template.datacl FROM ${databases} WHERE pg_database.oid = clone.oid;
		INSERT INTO pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
			SELECT dbid, classid, clone.oid, objsubid, refclassid, refobjid, deptype
			FROM pg_shdepend, ${databases}
			WHERE dbid = 0 AND classid = 'pg_database'::regclass AND objid = template.oid AND deptype = 'a';
		INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
			SELECT clone.oid, setrole, setconfig
			FROM pg_db_role_setting, ${databases} WHERE setdatabase = template.oid`);
}

/** Even if clients are connected. */
export async function dropDatabase(superuser: Sql, name: string): Promise<void> {
	await superuser.unsafe(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`);
}

/** In bytes. */
export async function databaseSize(superuser: Sql, name: string): Promise<number> {
	const [row] = await superuser<[{ size: number }]>`SELECT pg_database_size(${name}::text)::float8 AS size`;
	return row.size;
}
