import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from '../../src/connection/index.ts';
import { startEmbedded } from '../../src/postgres/index.ts';
import { startPostgres } from '../../src/start-postgres.ts';
import { median } from '../median.ts';
import { copyCheckout } from './checkout.ts';
import { runCommand, timeToFirstAnswer } from './launch.ts';

export interface DevBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	readonly report: (line: string) => void;
}

/** Milliseconds. */
export interface DevFigures {
	readonly medians: Readonly<Record<string, number>>;
	readonly rounds: readonly Readonly<Record<string, number>>[];
}

/** Measures what a developer waits for, each round from a state without data. */
export async function measureDev({ root, rounds, report }: DevBenchmark): Promise<DevFigures> {
	using checkout = copyCheckout(root);
	const measured: Record<string, number>[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		measured.push({
			...(await measureLaunch(checkout.path)),
			...(await measureServer(checkout.path)),
			...(await measureBootstrap(checkout.path)),
		});
	}
	const names = Object.keys(measured[0] ?? {});
	const medians = names.map((name) => [name, median(measured.map((figures) => figures[name] ?? Number.NaN))]);
	return { medians: Object.fromEntries(medians), rounds: measured };
}

async function measureLaunch(checkout: string): Promise<Record<string, number>> {
	rmSync(join(checkout, '.slipway'), { recursive: true, force: true });
	return {
		'scripts/dev to the first answer, first time': await timeToFirstAnswer(checkout),
		'scripts/dev to the first answer, later': await timeToFirstAnswer(checkout),
	};
}

async function measureServer(checkout: string): Promise<Record<string, number>> {
	const directory = join(checkout, '.slipway/server');
	rmSync(directory, { recursive: true, force: true });
	return {
		'embedded server from nothing, to the first query': await timeToFirstQuery(directory),
		'embedded server from existing data, to the first query': await timeToFirstQuery(directory),
	};
}

async function timeToFirstQuery(directory: string): Promise<number> {
	const start = performance.now();
	await using server = await startEmbedded({ directory });
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
	return { 'scripts/bootstrap-db with nothing to do': performance.now() - start };
}
