import { formatTable } from '../table.ts';
import type { PeersSuiteFigures } from './measure.ts';

/** Formats the figures as a table, with the names of the failed tests below it. */
export function formatPeersSuite({ suite, runs }: PeersSuiteFigures): string {
	const rows = runs.map(({ server, passed, failed, seconds }) => [
		server,
		String(passed),
		String(failed.length),
		seconds.toFixed(1),
	]);
	const failures = runs.flatMap(({ server, failed }) => failed.map((name) => `failed on ${server}: ${name}`));
	return [`Tests of ${suite}`, formatTable(['server', 'passed', 'failed', 's'], rows), ...failures].join(
		'\n',
	);
}
