import { constants } from 'node:os';
import { tell } from './output.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal ends this process as ever; while `run` goes on, it says first what is then known of the database. */
export async function tellWhenInterrupted<T>(run: () => Promise<T>): Promise<T> {
	const end = (signal: (typeof signals)[number]) => {
		forget();
		tell(
			'interrupted: what was under way is rolled back, unless it had ended or runs without a transaction; what is applied is in scripts/migrate status',
		);
		process.kill(process.pid, signal);
		// The first process of a container has no default for signals.
		process.exit(128 + constants.signals[signal]);
	};
	const forget = () => {
		for (const signal of signals) process.off(signal, end);
	};
	for (const signal of signals) process.once(signal, end);
	try {
		return await run();
	} finally {
		forget();
	}
}
