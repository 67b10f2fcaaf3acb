import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskUsage } from '../../bench/suite/memory.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('the memory that files take is that of the files of servers, not of the snapshot that they mount', () => {
	const folder = temporaryDirectory();
	for (const name of ['servers/one', 'snapshot']) {
		mkdirSync(join(folder, name), { recursive: true });
		writeFileSync(join(folder, name, 'rows'), Buffer.alloc(1024 * 1024, 1));
	}
	symlinkSync(join(folder, 'snapshot'), join(folder, 'servers/one/snapshot'));
	expect(diskUsage(join(folder, 'servers'))).toBe(1024 * 1024);
});
