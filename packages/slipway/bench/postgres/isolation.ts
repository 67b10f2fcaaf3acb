import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../median.ts';
import { buildPackage } from '../vitest/build.ts';
import { makeProject } from '../vitest/project.ts';
import { startVitest } from '../vitest/run.ts';
import type { Contender } from './contender.ts';

/** Measures a test in a run of vitest: from before its fixtures until its first query is answered. */
export async function isolatedTest(fixture: string, root: string): Promise<Contender> {
	await using stack = new AsyncDisposableStack();
	const project = stack.use(makeProject(root, stack.use(buildPackage(root)).path));
	project.write({ ...files, 'isolation.test.js': testFile(fixture) });
	cpSync(join(root, 'migrations'), join(project.folder, 'migrations'), { recursive: true });
	const kept = stack.move();
	return {
		async turn() {
			await startVitest(project).passed;
			return median(JSON.parse(readFileSync(join(project.folder, 'times.json'), 'utf8')) as number[]);
		},
		[Symbol.asyncDispose]: () => kept.disposeAsync(),
	};
}

const files = {
	'package.json': '{ "type": "module" }',
	'vitest.config.js': `
import { defineConfig } from 'vitest/config';
import { slipway } from 'slipway/vitest/plugin';
export default defineConfig({ plugins: [slipway()] });`,
};

const testFile = (fixture: string) => `
import { writeFileSync } from 'node:fs';
import { afterAll, beforeEach, expect } from 'vitest';
import { ${fixture} as test } from 'slipway/vitest';

const times = [];
let start;
beforeEach(() => {
	start = performance.now();
});
for (let number = 1; number <= 25; number++)
	test(\`test \${number}\`, async ({ sql }) => {
		const rows = await sql\`SELECT current_user AS role, value::int FROM counter WHERE name = 'visits'\`;
		times.push(performance.now() - start);
		expect(rows).toEqual([{ role: 'app_user', value: 0 }]);
		await sql\`UPDATE counter SET value = 7\`;
	});
afterAll(() => writeFileSync('times.json', JSON.stringify(times)));
`;
