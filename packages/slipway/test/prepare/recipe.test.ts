import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeRecipe } from '../../src/prepare/index.ts';
import { runProcess } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { copyTool } from '../helpers/tool-copy.ts';

const texts = ['CREATE TABLE a ();\n', 'CREATE TABLE b ();\n-- ü\n', 'CREATE TABLE c ();\n'];

function folderWith(texts: readonly string[]): string {
	const folder = temporaryDirectory();
	for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index + 1}_step.sql`), text);
	return folder;
}

const keysOf = async (migrations: string | undefined, extra = {}, provider = 'provider') =>
	(await makeRecipe(provider, { migrations, extensions: [], seeds: [], ...extra })).keys;

test('the same migrations have the same keys in any folder', async () => {
	expect(await keysOf(folderWith(texts))).toEqual(await keysOf(folderWith(texts)));
});

test('each byte of a migration changes its key and all later keys', async () => {
	const folder = folderWith(texts);
	const before = await keysOf(folder);
	const place = fc.nat(texts.length - 1).chain((file) =>
		fc.record({
			file: fc.constant(file),
			at: fc.nat(Buffer.byteLength(texts[file] ?? '') - 1),
			byte: fc.integer({ min: 1, max: 127 }),
		}),
	);
	await fc.assert(
		fc.asyncProperty(place, async ({ file, at, byte }) => {
			const path = join(folder, `${file + 1}_step.sql`);
			const whole = readFileSync(path);
			const changed = Buffer.from(whole);
			changed[at] = byte;
			fc.pre(!changed.equals(whole) && isText(changed));
			writeFileSync(path, changed);
			const after = await keysOf(folder);
			writeFileSync(path, whole);
			expect(after.slice(0, file + 1)).toEqual(before.slice(0, file + 1));
			for (const [index, key] of after.slice(file + 1).entries())
				expect(key).not.toBe(before[file + 1 + index]);
		}),
	);
});

function isText(bytes: Buffer): boolean {
	return Buffer.from(bytes.toString()).equals(bytes);
}

test('the name and position of a migration change the key', async () => {
	const folder = folderWith(texts);
	const keys = [(await keysOf(folder)).at(-1)];
	renameSync(join(folder, '3_step.sql'), join(folder, '3_other.sql'));
	keys.push((await keysOf(folder)).at(-1));
	renameSync(join(folder, '3_other.sql'), join(folder, '0_other.sql'));
	keys.push((await keysOf(folder)).at(-1));
	rmSync(join(folder, '1_step.sql'));
	keys.push((await keysOf(folder)).at(-1));
	expect(new Set(keys).size).toBe(4);
});

test('adding a migration does not change earlier keys', async () => {
	const folder = folderWith(texts);
	const before = await keysOf(folder);
	writeFileSync(join(folder, '4_step.sql'), 'SELECT 1');
	expect((await keysOf(folder)).slice(0, -1)).toEqual(before);
});

test('the provider, extensions, role names and each seed change the key', async () => {
	const folder = folderWith(texts);
	const seeds = (...texts: string[]) => ({ seeds: texts.map((text) => ({ name: 'seed', text })) });
	const all = await Promise.all([
		keysOf(folder),
		keysOf(folder, {}, 'another'),
		keysOf(folder, { extensions: ['citext'] }),
		keysOf(folder, { roles: { app: 'shop' } }),
		keysOf(folder, seeds('a')),
		keysOf(folder, seeds('b')),
		keysOf(folder, seeds('a', 'b')),
		keysOf(folder, seeds('ab')),
	]);
	expect(new Set(all.map((keys) => keys.at(-1))).size).toBe(all.length);
});

test.each([
	'database/bootstrap/grants.ts',
	'database/migrations/run.ts',
	'postgres/embedded/initdb.ts',
	'sql.ts',
])('a byte of src/%s changes the key', async (file) => {
	const copy = copyTool();
	const migrations = folderWith(texts);
	const print = async () => {
		const source = `
			import { embeddedIdentity } from './src/postgres/index.ts';
			import { makeRecipe } from './src/prepare/index.ts';
			const contents = { migrations: process.argv[1], extensions: [], seeds: [] };
			console.log((await makeRecipe(embeddedIdentity({}), contents)).keys.at(-1));`;
		const args = ['--input-type=module-typescript', '-e', source, '--', migrations];
		const { stdout, stderr } = await runProcess(process.execPath, args, { cwd: copy });
		expect(stdout, stderr).toMatch(/^[0-9a-f]{64}\n$/);
		return stdout;
	};
	const before = await print();
	appendFileSync(join(copy, 'src', file), '\n');
	expect(await print()).not.toBe(before);
});
