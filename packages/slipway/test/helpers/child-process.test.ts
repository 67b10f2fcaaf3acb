import { expect, test } from 'vitest';
import { runProcess } from './child-process.ts';

test("vitest's summary in the output of a process does not look like one of ours", async () => {
	const lines = [
		' Test Files  1 failed (1)',
		'      Tests  4 failed (4)',
		'\x1b[2m      Tests \x1b[22m 1 passed',
	];
	const { stdout } = await runProcess('printf', ['%s\n', ...lines]);
	expect(stdout).toBe(`${lines[0]}\n| ${lines[1]}\n| ${lines[2]}\n`);
});
