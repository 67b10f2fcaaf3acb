import { expect, test } from 'vitest';
import { removeDeadFolders } from '../../src/postgres/dead-folders.ts';
import { startModule } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('folders that appear and disappear during the check do not count as those of dead processes', async () => {
	const parent = temporaryDirectory();
	const { child, finished, printed } = startModule(
		`import { mkdtempSync, rmSync } from 'node:fs';
		import { lockNewDirectory } from './src/postgres/directory-lock.ts';
		console.log('goes');
		for (;;) {
			const folder = mkdtempSync(process.argv[1] + '/folder-');
			lockNewDirectory(folder, 'a test');
			rmSync(folder, { recursive: true });
		}`,
		[parent],
	);
	await printed('goes');
	for (let sweep = 1; sweep <= 5000; sweep++)
		expect(await removeDeadFolders(parent, 'folder-', { neverLocked: 10_000 })).toEqual([]);
	child.kill('SIGKILL');
	await finished;
});
