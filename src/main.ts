import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, readPasswords } from 'slipway';
import { defineCommand, runCommand } from 'slipway/cli';
import { runService } from './run.ts';

const root = join(import.meta.dirname, '..');

const command = defineCommand('service', 'Serves the counter until SIGTERM or SIGINT.').action(async () => {
	const sources = { environment: process.env, envFile: join(root, '.env') };
	const settings = loadSettings(sources, { roles: ['app'] });
	await runService({
		settings,
		readPasswords: () => readPasswords(sources, 'app'),
		environment: process.env,
		version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
		migrations: join(root, 'migrations'),
		onListening: (address) => process.send?.({ address }),
		stopRequested: stopRequested(),
	});
});

await runCommand(command, process.argv.slice(2));
// A connection to an unresponsive server would keep the process alive.
process.exit();

/** Resolves on a signal, or when the parent process exits. A second signal ends the process at once. */
function stopRequested(): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const stop = () => {
		for (const event of events) process.off(event, stop);
		resolve();
	};
	const events = ['SIGTERM', 'SIGINT', 'disconnect'] as const;
	for (const event of events) process.on(event, stop);
	return promise;
}
