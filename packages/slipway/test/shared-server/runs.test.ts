import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseTestServer } from '../../src/settings/index.ts';
import { removeDead } from '../../src/shared-server/index.ts';
import { type RunningChild, startModule } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { migrationsDirectory } from '../helpers/own-database.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';
import { useTeamServer } from './team-server.ts';

const server = useTeamServer();

/** How many runs there are at once: SLIPWAY_RUNS, so that a person can try more. */
const count = Number(process.env.SLIPWAY_RUNS ?? 5);

/** Writes to two databases, and prints what it finds there each time it gets a line. Then lives until it is killed. */
const program = `
	import { createInterface } from 'node:readline';
	import { withClient } from './src/connection/index.ts';
	import { startPrepared } from './src/start-postgres.ts';
	const [, server, migrations] = process.argv;
	const start = () => startPrepared({ provider: 'external', server, migrations });
	const databases = [await start(), await start()];
	const round = (number) => Promise.all(databases.map(({ app }) => withClient(app, async (sql) => {
		await sql\`INSERT INTO note VALUES (\${process.pid + ' ' + number})\`;
		const rows = await sql\`SELECT count(*)::int AS notes FROM note WHERE text LIKE \${process.pid + ' %'}\`;
		const others = await sql\`SELECT FROM note WHERE text NOT LIKE \${process.pid + ' %'}\`;
		return rows[0].notes + ' of mine, ' + others.length + ' of others';
	})));
	let number = 1;
	console.log('round 1: ' + await round(1), databases.map(({ app }) => app.database).join());
	for await (const _ of createInterface({ input: process.stdin }))
		console.log('round ' + ++number + ': ' + await round(number));
	await new Promise((resolve) => setTimeout(resolve, 2 ** 30));`;

const migration = '-- Up Migration\nCREATE TABLE note (text text);\n-- Down Migration\nDROP TABLE note;';

test(`${count} runs at once share a template and nothing else, and all are swept after SIGKILL`, async () => {
	using homes = makeDirectory();
	const migrations = migrationsDirectory({ '1_note': migration });
	const runs = Array.from({ length: count }, (_, number) => {
		const home = join(homes.path, String(number));
		return startModule(program, [server.teamUrl(), migrations], { env: { HOME: home }, input: true });
	});
	try {
		await Promise.all(
			runs.map((run) => run.printed('round 1: 1 of mine, 0 of others,1 of mine, 0 of others')),
		);
		expect(await server.databases('slipway_template%')).toHaveLength(1);
		const [killed, living] = [runs.slice(0, 2), runs.slice(2)];
		await kill(killed);
		await sweepUntil(living.flatMap(databasesOf));
		for (const run of living) run.child.stdin?.write('again\n');
		await Promise.all(
			living.map((run) => run.printed('round 2: 2 of mine, 0 of others,2 of mine, 0 of others')),
		);
	} finally {
		await kill(runs);
	}
	await sweepUntil([]);
});

const databasesOf = (run: RunningChild) => run.output().match(/slipway_test_\w+/g) ?? [];

async function kill(runs: readonly RunningChild[]): Promise<void> {
	for (const { child } of runs) child.kill('SIGKILL');
	await Promise.all(runs.map(({ finished }) => finished));
}

/**
 * Does what a run does when it starts, until only these databases are left. PostgreSQL takes a moment to notice that a client
 * is gone.
 */
async function sweepUntil(left: readonly string[]): Promise<void> {
	await eventually(async () => {
		await removeDead(parseTestServer(server.teamUrl()));
		return (await server.databases('slipway_test%')).length <= left.length;
	});
	expect(await server.databases('slipway_test%')).toEqual(left.toSorted());
}
