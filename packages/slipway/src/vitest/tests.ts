import type { RunnerTask, RunnerTestCase } from 'vitest';
import type { Connection } from '../connection/index.ts';
import type { SlipwayError } from '../errors.ts';
import { testFault } from './faults.ts';

/** The name of a test with those of the groups that it is in. */
export function fullName(task: Readonly<RunnerTestCase>): string {
	return JSON.stringify(task.fullTestName);
}

/** The same with its file, and the line where vitest has noted it (`includeTaskLocation`). */
export function nameWithPlace(task: Readonly<RunnerTestCase>): string {
	const line = task.location === undefined ? '' : `:${task.location.line}`;
	return `${fullName(task)} (${task.file.name}${line})`;
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

/** For a test whose server ended while `test` ran, which may be another one. What ended it is told once, as the cause. */
export function serverLost(test: string, cause?: Error): SlipwayError {
	return testFault(
		'test-server-ended',
		`the PostgreSQL server of this module ended while ${test} ran`,
		'Mend what ended it, perhaps the test itself; the next module has a server of its own.',
		{ cause },
	);
}
