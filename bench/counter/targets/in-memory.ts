import { createApp, createLogger, createMetrics, Live, startServer } from '../../../src/index.ts';

// The service without its database: the same app, server, metrics and logger, with one counter in memory.
let value = 0n;
const app = createApp({
	counters: {
		hit: async () => {
			value += 1n;
			return value;
		},
		read: async () => value,
		list: async () => [{ name: 'visits', count: value }],
	},
	live: new Live({
		listen: async () => {},
		read: async () => ({ count: value, hits: Array<number>(60).fill(1) }),
		onError: () => {},
	}),
	checkReadiness: async () => ({ ready: true }),
	metrics: createMetrics({ version: '', pools: {}, readMigrations: async () => [] }),
	logger: createLogger('info'),
});
const server = await startServer(app, { host: '127.0.0.1', port: 0 });
process.send?.({ address: server.address });
process.once('disconnect', () => process.exit());
