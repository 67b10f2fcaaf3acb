import { join } from 'node:path';
import { projectRoot, runProcess, startModule } from 'slipway/test-helpers/child-process';
import { describeWithEngineHere } from 'slipway/test-helpers/engine-here';
import { afterAll, expect, test } from 'vitest';
import { labelOf, listOwned, removeOwned } from './engine.ts';
import { Stack } from './stack.ts';

const kinds = ['containers', 'volumes', 'networks', 'images'] as const;

describeWithEngineHere('the stack of a test run', () => {
	afterAll(removeOwned);

	test('is left alone while the run lives, and removed completely by scripts/clean after its SIGKILL', async () => {
		const run = startModule(
			`import { currentProcess } from './src/postgres/process-identity.ts';
			console.log(JSON.stringify(currentProcess()));
			setInterval(() => {}, 60_000);`,
		);
		let printed = '';
		run.child.stdout?.on('data', (text: string) => {
			printed += text;
		});
		await run.printed('}');
		const label = labelOf(JSON.parse(printed));
		await using stack = new Stack({}, label);
		await stack.up();
		const clean = () => runProcess(process.execPath, [join(projectRoot, 'scripts/clean.ts')]);
		const left = () => Promise.all(kinds.map(async (kind) => (await listOwned(kind, label)).length));

		await clean();
		expect(await left()).toEqual([5, 1, 1, 4]);
		run.child.kill('SIGKILL');
		await run.finished;
		await clean();
		expect(await left()).toEqual([0, 0, 0, 0]);
	});
});
