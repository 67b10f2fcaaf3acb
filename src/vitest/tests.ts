import type { RunnerTask, RunnerTestCase } from 'vitest';
import type { Connection } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';

/** The name of a test with those of the groups that it is in. */
export function fullName(task: Readonly<RunnerTestCase>): string {
	return JSON.stringify(task.fullTestName);
}

/** Whether the test has failed up to now, and is not meant to. */
export function hasFailed({ result, fails }: Readonly<RunnerTestCase>): boolean {
	return result?.state === 'fail' && !fails;
}

/** How many tests of the same module have not begun yet. */
export function testsToCome({ file }: Readonly<RunnerTestCase>): number {
	return file.tasks.reduce((sum, task) => sum + countWaiting(task), 0);
}

function countWaiting(task: RunnerTask): number {
	if (task.type === 'suite') return task.tasks.reduce((sum, inner) => sum + countWaiting(inner), 0);
	const isWaiting = task.result === undefined && (task.mode === 'run' || task.mode === 'queued');
	return isWaiting ? 1 : 0;
}

/** Keeps the database of a test that failed until the run has ended, and prints how to look at it. */
export async function keepForLook(
	server: { keep(connection: Connection): Promise<string | undefined> },
	connection: Connection,
): Promise<void> {
	const command = await server.keep(connection);
	console.error(
		command === undefined
			? "With the plugin slipway() in vitest's configuration, the test's database would be kept."
			: `The test's database is kept: ${command}`,
	);
}

/** What `lost` means for a test that was using the server. */
export function serverLost(lost: Error, test: string): SlipwayError {
	return new SlipwayError(
		'test-server-ended',
		`the PostgreSQL server of this module ended while ${test} ran: ${lost.message}`,
		'Mend what ended it, perhaps the test itself; the next module has a server of its own.',
		{ cause: lost },
	);
}
