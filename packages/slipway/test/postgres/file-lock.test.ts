import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { takeLock } from '../../src/postgres/file-lock.ts';
import { startModule, toolRoot } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A module that takes the lock and keeps it. */
const holding = (folder: string, tell: string) => `
	import { parentPort } from 'node:worker_threads';
	import { takeLock } from '${join(toolRoot, 'src/postgres/file-lock.ts')}';
	globalThis.lock = await takeLock(${JSON.stringify(folder)}, 'aa');
	${tell};
	setInterval(() => {}, 1000);`;

test('only one caller at a time has a lock', async () => {
	const folder = temporaryDirectory();
	const file = join(folder, 'count');
	writeFileSync(file, '0');
	await Promise.all(
		Array.from({ length: 8 }, async () => {
			await using _lock = await takeLock(folder, 'aa');
			const count = Number(readFileSync(file, 'utf8'));
			await new Promise(setImmediate);
			writeFileSync(file, String(count + 1));
		}),
	);
	expect(readFileSync(file, 'utf8')).toBe('8');
});

test('a lock is free again when its process is killed', async () => {
	const folder = temporaryDirectory();
	const { child, printed, finished } = startModule(holding(folder, "console.log('locked')"));
	await printed('locked');
	const waiting = takeLock(folder, 'aa');
	child.kill('SIGKILL');
	await finished;
	await using _lock = await waiting;
});

test('a lock is free again when its thread is terminated', async () => {
	const folder = temporaryDirectory();
	const file = join(folder, 'worker.ts');
	writeFileSync(file, holding(folder, "parentPort.postMessage('locked')"));
	const worker = new Worker(file);
	await new Promise((resolve) => worker.once('message', resolve));
	const waiting = takeLock(folder, 'aa');
	await worker.terminate();
	await using _lock = await waiting;
});
