import { expect, onTestFinished, test } from 'vitest';
import { ProcessTree } from '../../bench/process-tree.ts';
import { startProcess } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';

test('a descendant stays in the tree when its parent ends, and leaves it when it ends itself', async () => {
	const { child, pid, printed } = startProcess('/bin/sh', ['-c', 'sleep 600 & echo $!; wait']);
	const tree = new ProcessTree(pid);
	await printed(/\d+/);
	const [sleeper = 0] = tree.look().filter((member) => member !== pid);
	onTestFinished(() => {
		try {
			process.kill(sleeper);
		} catch {}
	});
	child.kill('SIGKILL');
	await eventually(() => !tree.look().includes(pid));
	expect(tree.look()).toEqual([sleeper]);
	process.kill(sleeper);
	await eventually(() => tree.look().length === 0);
	expect(tree.hasSeen(sleeper)).toBe(true);
});
