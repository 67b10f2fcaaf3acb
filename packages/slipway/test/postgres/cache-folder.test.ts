import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { snapshotFolder } from '../../src/postgres/cache-folder.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('snapshots are in the cache folder of the project, from any folder in it', () => {
	const project = temporaryDirectory();
	mkdirSync(join(project, 'node_modules'));
	mkdirSync(join(project, 'packages/one'), { recursive: true });
	const folder = join(project, 'node_modules/.cache/slipway/snapshots');
	expect(snapshotFolder(project)).toBe(folder);
	expect(snapshotFolder(join(project, 'packages/one'))).toBe(folder);
});

test('outside a project they are in the user’s cache folder', () => {
	expect(snapshotFolder(temporaryDirectory())).toBe(join(homedir(), '.cache/slipway/snapshots'));
});
