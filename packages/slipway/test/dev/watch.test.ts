import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchDirectory } from '../../src/dev/watch.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A watched folder, and a function that makes a change and waits until it is noticed. */
function watchedFolder() {
	const parent = temporaryDirectory();
	const folder = join(parent, 'source');
	mkdirSync(join(folder, 'part'), { recursive: true });
	writeFileSync(join(folder, 'part/file.ts'), '');
	let bursts = 0;
	const errors: unknown[] = [];
	const watching = watchDirectory(folder, {
		onChange: () => bursts++,
		onError: (error) => errors.push(error),
	});
	onTestFinished(() => {
		watching[Symbol.dispose]();
		expect(errors).toEqual([]);
	});
	const notices = async (change: () => void) => {
		const before = bursts;
		change();
		await eventually(() => bursts > before);
	};
	return { parent, folder, file: join(folder, 'part/file.ts'), notices };
}

function saveAtomically(file: string, text: string): void {
	writeFileSync(`${file}.tmp`, text);
	renameSync(`${file}.tmp`, file);
}

test('every save is noticed, even one that renames a new file over the old one', async () => {
	const { file, notices } = watchedFolder();
	for (const text of ['1', '2', '3']) await notices(() => saveAtomically(file, text));
	await notices(() => appendFileSync(file, '4'));
});

test('so are changes in a folder that was created, or created again, in the meantime', async () => {
	const { folder, notices } = watchedFolder();
	const added = join(folder, 'added/deeper');
	await notices(() => mkdirSync(added, { recursive: true }));
	await notices(() => writeFileSync(join(added, 'file.ts'), ''));
	await notices(() => {
		rmSync(added, { recursive: true });
		mkdirSync(added);
	});
	await notices(() => writeFileSync(join(added, 'file.ts'), ''));
});

test('so are moving the folder itself away and back, and changes after that', async () => {
	const { parent, folder, file, notices } = watchedFolder();
	await notices(() => renameSync(folder, join(parent, 'away')));
	await notices(() => renameSync(join(parent, 'away'), folder));
	await notices(() => saveAtomically(file, '1'));
});
