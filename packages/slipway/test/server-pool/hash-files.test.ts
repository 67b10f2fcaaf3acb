import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hashFiles } from '../../src/server-pool/hash-files.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('a file that is changed has another hash, even with the same size and time, and right after it was hashed', async () => {
	const folder = temporaryDirectory();
	const file = join(folder, 'one.sql');
	const time = new Date('2026-01-01');
	const write = (text: string) => {
		writeFileSync(file, text);
		utimesSync(file, time, time);
		return hashFiles([folder]);
	};
	const one = write('one');
	const two = write('two');
	expect(two).not.toBe(one);
	await sleep(2_500); // From then on, the file is not read again.
	expect([hashFiles([folder]), hashFiles([folder])]).toEqual([two, two]);
	expect(write('one')).toBe(one);
});
