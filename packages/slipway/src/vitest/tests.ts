import type { RunnerTask, RunnerTestCase } from 'vitest';
import type { Connection } from '../connection/index.ts';
import type { SlipwayError } from '../errors.ts';
import { testError } from './test-error.ts';

/** The quoted name of a test, with the names of its groups. */
export function fullName(task: Readonly<RunnerTestCase>): string {
	// vitest 3 has no names that are put together.
	return JSON.stringify(task.fullTestName ?? namesOf(task).join(' > '));
}

function namesOf({ name, suite }: Readonly<RunnerTask>): readonly string[] {
	return suite === undefined ? [name] : [...namesOf(suite), name];
}

/** The same with its file, and its line if vitest collects it (`includeTaskLocation`). */
export function nameWithLocation(task: Readonly<RunnerTestCase>): string {
	const line = task.location === undefined ? '' : `:${task.location.line}`;
	return `${fullName(task)} (${task.file.name}${line})`;
}

/** The test, and the last one of its file that has begun since: what is found now may have been done by any of them. */
export function nameWithLaterTest(task: Readonly<RunnerTestCase>): string {
	const begin = ({ result }: RunnerTask) => result?.startTime ?? 0; // milliseconds
	const last = testsIn(task.file.tasks).reduce(
		(later, each) => (begin(each) >= begin(later) ? each : later),
		task,
	);
	return last === task
		? nameWithLocation(task)
		: `${nameWithLocation(task)} or a later test, up to ${nameWithLocation(last)},`;
}

const testsIn = (tasks: readonly RunnerTask[]): RunnerTestCase[] =>
	tasks.flatMap((task) => (task.type === 'suite' ? testsIn(task.tasks) : [task]));

/** Whether the test has failed so far, and is not expected to (`test.fails`). */
export function hasFailed({ result, fails }: Readonly<RunnerTestCase>): boolean {
	return result?.state === 'fail' && !fails;
}

/** Adds to the errors of a failed test which right the app lacked. */
export async function hintAtMissingRights(
	task: Readonly<RunnerTestCase>,
	{ app, admin }: Readonly<Record<'app' | 'admin', Connection>>,
): Promise<void> {
	if (!hasFailed(task)) return;
	// Loaded on demand: most tests pass.
	const { hintAtDenials } = await import('../denials/index.ts');
	const { errors = [], startTime: since = 0 } = task.result ?? {};
	await hintAtDenials({ errors, since, app, admin });
}

/** How many tests of the same file have not begun yet. */
export function countPendingTests({ file }: Readonly<RunnerTestCase>): number {
	return file.tasks.reduce((sum, task) => sum + countPending(task), 0);
}

function countPending(task: RunnerTask): number {
	if (task.type === 'suite') return task.tasks.reduce((sum, inner) => sum + countPending(inner), 0);
	const isPending = task.result === undefined && (task.mode === 'run' || task.mode === 'queued');
	return isPending ? 1 : 0;
}

/** Keeps the database of a failed test until the run ends, and prints the command that opens it. */
export async function keepForInspection(
	server: { keep(connection: Connection): Promise<string | undefined> },
	connection: Connection,
): Promise<void> {
	const command = await server.keep(connection);
	console.error(
		command === undefined
			? 'Add the plugin slipway() to the vitest configuration to keep the databases of failed tests.'
			: `The test's database is kept: ${command}`,
	);
}

/**
 * The error of each test that needs the server after it ended during `test`. Only the first has the cause.
 */
export function serverEndedDuring(test: string, cause?: Error): SlipwayError {
	return testError(
		'test-server-ended',
		`the PostgreSQL server of this test file ended while ${test} ran`,
		'Fix what ended it, possibly the test itself. The next test file gets a new server.',
		{ cause },
	);
}
