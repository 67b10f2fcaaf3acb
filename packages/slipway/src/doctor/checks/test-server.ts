import { join } from 'node:path';
import { describeConnection } from '../../connection/index.ts';
import { parseTestServer, readTestServer } from '../../settings/index.ts';
import { checkServer, listDead, removeDead } from '../../shared-server/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';

/** Whether tests can use the shared server that the environment names, and what killed runs left there. */
export async function checkTestServer({ root, environment }: DoctorContext): Promise<Finding[]> {
	const url = readTestServer(environment, join(root, '.env'));
	if (url === undefined) return [];
	const admin = parseTestServer(url);
	await checkServer(admin);
	const [first, ...others] = await listDead(admin);
	const where = describeConnection(admin);
	if (first === undefined) return [ok(`tests can use ${where}, where killed runs left nothing behind`)];
	const names = others.length === 0 ? first : `${first} and ${others.length} more`;
	return [
		{
			...warning(
				`killed runs left the database ${names} on ${where}`,
				'Remove them: npx slipway clean. The next run that uses the server does so, too.',
			),
			repair: async () => void (await removeDead(admin)),
		},
	];
}
