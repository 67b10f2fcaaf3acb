import { resolve } from 'node:path';
import { toLogin } from '../../src/connection/index.ts';
import { programEnvironment } from '../../src/program-environment.ts';
import { type PreparedServer, startPostgres } from '../../src/start-postgres.ts';
import { type Server, startBaseline } from './baseline.ts';
import type { Counts, Suite } from './suite.ts';
import { suiteOf } from './suites.ts';

export interface PeersSuiteBenchmark {
	/** A checkout of the project, with its packages installed and built. */
	readonly folder: string;
	readonly report: (line: string) => void;
}

export interface PeersSuiteRun extends Counts {
	readonly server: string;
	/** Of the whole run, with the start of the server. */
	readonly seconds: number;
}

export interface PeersSuiteFigures {
	readonly suite: string;
	readonly runs: readonly PeersSuiteRun[];
}

/** Runs the tests of the checkout on a plain container and on this tool's servers, with options alone. */
export async function measurePeersSuite({ folder, report }: PeersSuiteBenchmark): Promise<PeersSuiteFigures> {
	const root = resolve(folder);
	const suite = suiteOf(root);
	const options = { ...suite.options, roles: false, migrations: false } as const;
	const servers: Record<string, () => Promise<Server | PreparedServer>> = {
		'postgres:18 in Docker': () => startBaseline(suite),
		embedded: () => startPostgres({ ...options, provider: 'embedded' }),
		container: () => startPostgres({ ...options, provider: 'container' }),
	};
	const runs: PeersSuiteRun[] = [];
	for (const [server, start] of Object.entries(servers)) {
		report(`${suite.name} on ${server}`);
		const from = performance.now();
		await using started = await start();
		const counts = await suite.count(root, environmentOf(suite, started, root));
		runs.push({ server, ...counts, seconds: (performance.now() - from) / 1000 });
	}
	return { suite: suite.name, runs };
}

/** That of `slipway run --as …`. */
function environmentOf(suite: Suite, { admin }: Server, root: string): NodeJS.ProcessEnv {
	const { as, database = admin.database, options } = suite;
	const further = options.logins?.find(({ name }) => name === as);
	const login = further === undefined ? admin : { ...admin, username: as, password: further.password };
	return programEnvironment(process.env, toLogin({ ...login, database }), root);
}
