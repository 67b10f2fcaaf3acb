import {
	type MigrationStatus,
	nameSome,
	readMigrationFiles,
	readStatus,
	refuseDivergence,
} from '../../database/migrations/index.ts';
import { hasCode } from '../../errors.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok, warning } from '../finding.ts';
import { lookAtServers } from '../servers.ts';

/** Compares the folder of migrations with what is applied. Another migration tool compares its own files. */
export async function checkMigrations({ config, servers }: DoctorContext): Promise<Finding[]> {
	const folder = config?.migrationsToApply;
	if (typeof folder !== 'string') return [];
	try {
		const files = await readMigrationFiles(folder);
		const findings = await lookAtServers(servers, 'migrator', async (sql, { name, migrator }) =>
			compare(folder, name(migrator), () => readStatus(sql, files)),
		);
		return [ok(`${files.length} migrations can be read`), ...findings];
	} catch (thrown) {
		return [fromError(thrown)];
	}
}

async function compare(
	folder: string,
	server: string,
	read: () => Promise<readonly MigrationStatus[]>,
): Promise<Finding[]> {
	try {
		const statuses = await read();
		await refuseDivergence(statuses, folder);
		const pending = statuses.filter(({ state }) => state === 'pending').map(({ name }) => name);
		if (pending.length === 0) return [ok(`all migrations are applied to ${server}`)];
		return [
			warning(
				`${server} lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`}: ${nameSome(pending)}`,
				'Apply them: npx slipway migrate up',
			),
		];
	} catch (thrown) {
		if (hasCode(thrown, 'no-ledger')) return []; // The check `bootstrap` reports it.
		return [fromError(thrown)];
	}
}
