import { type Connection, withClient } from '../../src/connection/index.ts';
import { eventually } from './eventually.ts';

/** The standby that commits wait for; with '', they wait for none. Resolves when the server knows it. */
export async function setSynchronousStandby(admin: Connection, name: string): Promise<void> {
	await withClient(admin, async (sql) => {
		await sql.unsafe(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
		await sql`SELECT pg_reload_conf()`;
		await eventually(async () => {
			const [setting] = await sql`SHOW synchronous_standby_names`;
			return setting?.synchronous_standby_names === name;
		});
	});
}
