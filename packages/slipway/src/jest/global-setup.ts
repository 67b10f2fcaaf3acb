/**
 * A Jest `globalSetup`. While test files run, Jest's main process starts servers for the next ones. Nothing is to be torn
 * down: the servers end with the process.
 */
async function startServersAhead(): Promise<void> {
	const { ensureBroker } = await import('../test-files/index.ts');
	process.env.SLIPWAY_BROKER = JSON.stringify(await ensureBroker());
}

module.exports = startServersAhead;
