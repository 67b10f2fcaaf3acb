import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { formatFault } from '../../src/terminal/index.ts';

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

describe('a fault is printed', () => {
	test('as what failed and what to do about it', () => {
		expect(formatFault(busy, false)).toBe('error: port 3000 is taken\n  Set PORT.');
	});

	test('with each line of a long hint under it', () => {
		const long = new SlipwayError('x', 'no', 'Do:\n  this');
		expect(formatFault(long, false)).toBe('error: no\n  Do:\n    this');
	});

	test('as not foreseen when it is no fault of ours', () => {
		expect(formatFault(new TypeError('x is not a function'), false)).toMatch(
			/^error: x is not a function\n {2}.*not foreseen: --verbose/,
		);
		expect(formatFault('text', false)).toMatch(/^error: text\n/);
	});

	test('with all that a collection of them holds', () => {
		expect(formatFault(new AggregateError([busy, full]), false)).toBe(
			`${formatFault(busy, false)}\n${formatFault(full, false)}`,
		);
	});

	test('before what failed in the clearing up after it, however deep', async () => {
		const late = new SlipwayError('late', 'the server does not end', 'End it.');
		const error = await failTwice(await failTwice(busy, full), late);
		expect(error).toBeInstanceOf(SuppressedError);
		expect(formatFault(error, false)).toBe(
			[busy, full, late].map((each) => formatFault(each, false)).join('\n'),
		);
	});
});

describe('--verbose shows', () => {
	test('where a fault comes from, its hint and its causes', () => {
		const error = new SlipwayError('x', 'outer', 'Mend.', { cause: new Error('inner') });
		expect(formatFault(error, true)).toMatch(
			/outer\n {4}at .*\n {2}Mend\.\ncaused by: Error: inner\n {4}at /s,
		);
	});

	test('both of a failure and a failed disposal, with what caused them', async () => {
		const second = new Error('second', { cause: new Error('its cause') });
		expect(formatFault(await failTwice(new Error('first'), second), true)).toMatch(
			/Error: first\n {4}at .*Error: second\n {4}at .*caused by: Error: its cause\n {4}at /s,
		);
	});
});
