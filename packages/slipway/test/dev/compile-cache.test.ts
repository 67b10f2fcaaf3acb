import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { makeProject, startSlipway } from '../cli/project.ts';

test('the service of dev keeps its compiled modules in the cache of the project', async () => {
	const project = makeProject({ 'node_modules/.keep': '' });
	const print = 'console.log("compiled in " + process.env.NODE_COMPILE_CACHE); setInterval(() => {}, 1000)';
	const dev = startSlipway(project, ['dev', '--', process.execPath, '-e', print], {
		PORT: '0',
		NODE_COMPILE_CACHE: undefined,
	});
	onTestFinished(async () => {
		dev.child.kill('SIGTERM');
		await dev.finished;
	});
	await dev.printed(`compiled in ${join(project, 'node_modules/.cache/slipway/compiled')}\n`);
});
