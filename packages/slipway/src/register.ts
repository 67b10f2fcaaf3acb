import { reportRefusalsAtExit, startFileServer } from './test-files/index.ts';

// A preload for test runners: node --import slipway/register --test. Node preloads it in each process that runs a test file,
// and also in the processes and worker threads that a test starts. Those use the server of the test. Mocha's parallel
// workers are started by a process that has preloaded it too, but each has a server of its own.
const worker = process.env.MOCHA_WORKER_ID ?? 'main';
if (process.env.SLIPWAY_REGISTERED !== worker) {
	process.env.SLIPWAY_REGISTERED = worker;
	await startServer();
}

/** The server lasts as long as this process, which it does not keep alive. */
async function startServer(): Promise<void> {
	try {
		const server = await startFileServer({
			options: {},
			root: process.cwd(),
			environments: [process.env],
			warn: (message) => process.emitWarning(message),
		});
		if (server !== undefined) reportRefusalsAtExit(server);
	} catch (error) {
		const { formatError } = await import('./terminal/index.ts');
		process.stderr.write(`${formatError(error, false)}\n`);
		process.exit(1);
	}
}
