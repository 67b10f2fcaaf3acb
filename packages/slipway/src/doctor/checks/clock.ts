import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';
import { lookAtServers } from '../servers.ts';

/** Seconds. Less may be a slow answer. */
const tolerated = 5;

/** The virtual machine of a container engine stops its clock while the laptop sleeps. */
export async function checkClock({ servers }: DoctorContext): Promise<Finding[]> {
	return await lookAtServers(servers, 'admin', async (sql, { name, admin }) => {
		const before = Date.now();
		const [{ clock }] = await sql<[{ clock: number }]>`
			SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS clock`;
		const behind = Math.round(((before + Date.now()) / 2 - clock) / 1000);
		if (Math.abs(behind) <= tolerated) return [ok(`the clock of ${name(admin)} agrees with this machine's`)];
		const difference = `${Math.abs(behind)} s ${behind > 0 ? 'behind' : 'ahead of'}`;
		return [
			warning(
				`the clock of ${name(admin)} is ${difference} that of this machine: rows get other times than the service expects, and tokens and certificates seem expired or not valid yet`,
				'Have both set their clocks by the network. That of a container engine is right after its virtual machine was restarted.',
			),
		];
	});
}
