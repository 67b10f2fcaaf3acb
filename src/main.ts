import { join } from 'node:path';
import { loadSettings } from 'slipway';
import { defineCommand, runCommand } from 'slipway/cli';
import { runService } from './run.ts';

const root = join(import.meta.dirname, '..');

const command = defineCommand('service', 'Serves the counter until SIGTERM or SIGINT.').action(async () => {
	const settings = loadSettings(
		{ environment: process.env, envFile: join(root, '.env') },
		{ roles: ['app'] },
	);
	await runService({
		settings,
		migrations: join(root, 'migrations'),
		onListening: (address) => process.send?.({ address }),
		stop: stopOrder(),
	});
});

await runCommand(command, process.argv.slice(2));
// A connection to a server that hangs would keep the process.
process.exit();

/** Comes with a signal, or when the parent that this process reports to is gone. A second signal ends the process at once. */
function stopOrder(): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const order = () => {
		for (const event of events) process.off(event, order);
		resolve();
	};
	const events = ['SIGTERM', 'SIGINT', 'disconnect'] as const;
	for (const event of events) process.on(event, order);
	return promise;
}
