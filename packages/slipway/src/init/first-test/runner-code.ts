import type { RunnerName } from '../../detection/index.ts';
import { load, type ModuleForm } from './module-form.ts';

interface Uses {
	/** Whether the runner's names are there without an import. */
	readonly globals: boolean;
	/** Whether there is something to close afterwards. */
	readonly after: boolean;
}

/** How a test is written for one runner. */
export interface RunnerCode {
	/** Lines that import what the test uses. */
	readonly imports: (form: ModuleForm, uses: Uses) => readonly string[];
	readonly after: string;
	/** The line that begins a test, which `close` ends. */
	readonly test: (title: string) => string;
	/** A statement that checks the number of rows. */
	readonly some: (rows: string) => string;
	/** A statement that checks the beginning of a text. */
	readonly matches: (text: string, pattern: string) => string;
}

const expected = {
	some: (rows: string) => `expect(${rows}.length).toBeGreaterThan(0);`,
	matches: (text: string, pattern: string) => `expect(${text}).toMatch(${pattern});`,
};

const asserted = {
	some: (rows: string) => `assert.ok(${rows}.length > 0);`,
	matches: (text: string, pattern: string) => `assert.match(${text} ?? '', ${pattern});`,
};

const test = (title: string) => `test('${title}', async () => {`;

const withExpect = (from: string): RunnerCode => ({
	imports: (form, { globals, after }) =>
		globals ? [] : [load(form, after ? '{ afterAll, expect, test }' : '{ expect, test }', from)],
	after: 'afterAll',
	test,
	...expected,
});

/** One for each runner. */
export const runnerCodes: Readonly<Record<RunnerName, RunnerCode>> = {
	vitest: withExpect('vitest'),
	jest: withExpect('@jest/globals'),
	bun: withExpect('bun:test'),
	node: {
		imports: (form, { after }) => [
			load(form, 'assert', 'node:assert/strict'),
			load(form, after ? '{ after, test }' : '{ test }', 'node:test'),
		],
		after: 'after',
		test,
		...asserted,
	},
	mocha: {
		imports: (form) => [load(form, 'assert', 'node:assert/strict')],
		after: 'after',
		test: (title) => `it('${title}', async () => {`,
		...asserted,
	},
	ava: {
		imports: (form) => [load(form, 'test', 'ava')],
		after: 'test.after.always',
		test: (title) => `test('${title}', async (t) => {`,
		some: (rows) => `t.true(${rows}.length > 0);`,
		matches: (text, pattern) => `t.regex(${text} ?? '', ${pattern});`,
	},
};
