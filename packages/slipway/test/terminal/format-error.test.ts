import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { formatError } from '../../src/terminal/index.ts';

const busy = new SlipwayError('port-in-use', 'port 3000 is taken', 'Set PORT.');
const full = new SlipwayError('disk-full', 'the disk is full', 'Make room.');

/** What `await using` throws when its body fails with `first` and the disposal with `second`. */
async function failTwice(first: unknown, second: unknown): Promise<unknown> {
	try {
		await using _resource = { [Symbol.asyncDispose]: () => Promise.reject(second) };
		throw first;
	} catch (error) {
		return error;
	}
}

describe('an error is printed', () => {
	test('as what failed and how to fix it', () => {
		expect(formatError(busy, false)).toBe('error: port 3000 is taken\n  Set PORT.');
	});

	test('with every line of its hint indented', () => {
		const long = new SlipwayError('x', 'no', 'Do:\n  this');
		expect(formatError(long, false)).toBe('error: no\n  Do:\n    this');
	});

	test('as unexpected if it is not a SlipwayError', () => {
		expect(formatError(new TypeError('x is not a function'), false)).toMatch(
			/^error: x is not a function\n {2}Unexpected error\. Run with --verbose/,
		);
		expect(formatError('text', false)).toMatch(/^error: text\n/);
	});

	test('as all its errors if it is an AggregateError', () => {
		expect(formatError(new AggregateError([busy, full]), false)).toBe(
			`${formatError(busy, false)}\n${formatError(full, false)}`,
		);
	});

	test('before the errors of the disposals that came after it', async () => {
		const late = new SlipwayError('late', 'the server does not end', 'End it.');
		const error = await failTwice(await failTwice(busy, full), late);
		expect(error).toBeInstanceOf(SuppressedError);
		expect(formatError(error, false)).toBe(
			[busy, full, late].map((each) => formatError(each, false)).join('\n'),
		);
	});
});

describe('--verbose shows', () => {
	test('the stack trace of an error, its hint and its causes', () => {
		const error = new SlipwayError('x', 'outer', 'Fix it.', { cause: new Error('inner') });
		expect(formatError(error, true)).toMatch(
			/outer\n {4}at .*\n {2}Fix it\.\ncaused by: Error: inner\n {4}at /s,
		);
	});

	test('an error and that of the failed disposal after it, with their causes', async () => {
		const second = new Error('second', { cause: new Error('its cause') });
		expect(formatError(await failTwice(new Error('first'), second), true)).toMatch(
			/Error: first\n {4}at .*Error: second\n {4}at .*caused by: Error: its cause\n {4}at /s,
		);
	});
});
