import { join } from 'node:path';
import { type EmbeddedOptions, startEmbedded, startPostgres, withClient } from 'slipway';
import { type Milliseconds, withMedians } from 'slipway/bench';
import { copiesOf } from './checkout.ts';
import { measureData } from './data.ts';
import { runCommand, timeToFirstResponse } from './launch.ts';
import { measureUpgrade } from './upgrade.ts';

export interface DevBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	readonly report: (line: string) => void;
}

/** Measures what a developer waits for. Each round has a checkout without data. */
export async function measureDev({ root, rounds, report }: DevBenchmark): Promise<Milliseconds> {
	using copies = copiesOf(root);
	const measured: Record<string, number>[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		const checkout = copies.next();
		measured.push({
			...(await measureLaunch(checkout)),
			...(await measureServer(checkout)),
			...(await measureBootstrap(checkout)),
			...(await measureData(copies.next())),
			...(await measureUpgrade(copies.next())),
		});
	}
	return withMedians(measured);
}

async function measureLaunch(checkout: string): Promise<Record<string, number>> {
	return {
		'scripts/dev to the first response, first time': await timeToFirstResponse(checkout),
		'scripts/dev to the first response, later': await timeToFirstResponse(checkout),
	};
}

async function measureServer(checkout: string): Promise<Record<string, number>> {
	const directory = join(checkout, '.slipway/server');
	return {
		'embedded server from nothing, to the first query: temporary': await timeToFirstQuery({}),
		'embedded server from nothing, to the first query: kept on disk': await timeToFirstQuery({ directory }),
		'embedded server from existing data, to the first query': await timeToFirstQuery({ directory }),
	};
}

async function timeToFirstQuery(options: EmbeddedOptions): Promise<number> {
	const start = performance.now();
	await using server = await startEmbedded(options);
	await withClient(server.admin, (sql) => sql`SELECT 1`);
	return performance.now() - start;
}

async function measureBootstrap(checkout: string): Promise<Record<string, number>> {
	await using server = await startPostgres({ directory: join(checkout, '.slipway/server') });
	const environment = {
		DB_HOST: server.admin.host,
		DB_PORT: String(server.admin.port),
		DB_ADMIN_PASSWORD: server.admin.password,
		DB_PASSWORD: server.app.password,
		DB_MIGRATOR_PASSWORD: server.migrator.password,
	};
	await runCommand(checkout, 'bootstrap-db', environment);
	const start = performance.now();
	await runCommand(checkout, 'bootstrap-db', environment);
	const between = performance.now();
	await runCommand(checkout, 'bootstrap-db', environment, ['--check']);
	return {
		'scripts/bootstrap-db with nothing to do': between - start,
		'scripts/bootstrap-db --check': performance.now() - between,
	};
}
