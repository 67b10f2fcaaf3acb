import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHosts } from '../../src/doctor/checks/hosts.ts';
import { startTestDatabase } from '../helpers/server.ts';
import { type ReplicatedServer, startReplicated } from '../helpers/standby.ts';
import { contextOf } from './context.ts';

const database = {
	name: 'app',
	owner: 'app_owner',
	migrator: { username: 'app_migrator', password: 'for the migrator' },
	app: { username: 'app_user', password: 'for the app' },
};
let servers: ReplicatedServer;
beforeAll(async () => {
	servers = await startReplicated({ migrations: false, database });
});
afterAll(() => servers[Symbol.asyncDispose]());

const findingsFor = async (variables: NodeJS.ProcessEnv) =>
	await checkHosts(await contextOf({ variables: { DB_PASSWORD: database.app.password, ...variables } }));

const portsOf = () => [servers.standby, servers.primary].map(({ admin }) => admin.port);

test('the role of each host is shown, and one that does not answer is a warning', async () => {
	const [standby, primary] = portsOf();
	const DATABASE_URL = `postgres://127.0.0.1:${standby},127.0.0.1:${primary}`;
	const roles = [
		{ level: 'ok', message: `127.0.0.1:${standby} is a standby` },
		{ level: 'ok', message: `127.0.0.1:${primary} is a primary` },
	];
	expect(await findingsFor({ DATABASE_URL })).toEqual(roles);
	expect(await findingsFor({ DATABASE_URL, DB_READ_URL: 'postgres://127.0.0.1:1' })).toEqual([
		{
			level: 'warning',
			message: 'nothing listens on 127.0.0.1:1',
			fix: expect.stringContaining('Start the PostgreSQL server'),
		},
		...roles,
	]);
	expect(await findingsFor({ DATABASE_URL: `postgres://127.0.0.1:${primary}` })).toEqual([]);
});

test('two primaries, and hosts that are not copies of one server, are errors', async () => {
	await using other = await startTestDatabase({ database });
	const [, primary] = portsOf();
	const names = `127.0.0.1:${primary}, ${other.app.host}:${other.app.port}`;
	const variables = { DB_HOST: `127.0.0.1,${other.app.host}`, DB_PORT: `${primary},${other.app.port}` };
	expect((await findingsFor(variables)).filter(({ level }) => level === 'error')).toMatchObject([
		{ message: `several hosts are primaries, so that clients write to one or the other: ${names}` },
		{ message: `not all hosts are copies of the same server: ${names}` },
	]);
});
