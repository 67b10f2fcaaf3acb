import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { snapshotFolder } from '../../../src/postgres/snapshots/folder.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('snapshots are with the other caches of the project, from any folder in it', () => {
	const project = temporaryDirectory();
	mkdirSync(join(project, 'node_modules'));
	mkdirSync(join(project, 'packages/one'), { recursive: true });
	const folder = join(project, 'node_modules/.cache/slipway/snapshots');
	expect(snapshotFolder(project)).toBe(folder);
	expect(snapshotFolder(join(project, 'packages/one'))).toBe(folder);
});

test('without a project they are with the user’s caches', () => {
	expect(snapshotFolder(temporaryDirectory())).toBe(join(homedir(), '.cache/slipway/snapshots'));
});
