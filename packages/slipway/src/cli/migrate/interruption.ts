import { constants } from 'node:os';
import { report } from '../output.ts';
import type { Project } from '../project.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** If a signal ends the process while `run` is running, first reports the state of the database. */
export async function reportInterruption<T>(project: Project, run: () => Promise<T>): Promise<T> {
	const end = (signal: (typeof signals)[number]) => {
		stopListening();
		report(
			`interrupted: the running migration is rolled back, unless it had finished or runs without a transaction. To see what is applied: ${project.commandName('migrate')} status`,
		);
		process.kill(process.pid, signal);
		// Signals have no default action for the first process of a container.
		process.exit(128 + constants.signals[signal]);
	};
	const stopListening = () => {
		for (const signal of signals) process.off(signal, end);
	};
	for (const signal of signals) process.once(signal, end);
	try {
		return await run();
	} finally {
		stopListening();
	}
}
