import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrationSource } from '../../src/migration-sources/index.ts';
import { snapshotSpec } from '../../src/prepare/index.ts';
import { type Origin, shapingFiles, shapingFolders } from '../../src/prepare/snapshot-key.ts';
import { runProcess, toolRoot } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { copyTool } from '../helpers/tool-copy.ts';

const texts = ['CREATE TABLE a ();\n', 'CREATE TABLE b ();\n-- ü\n', 'CREATE TABLE c ();\n'];

function folderWith(texts: readonly string[]): string {
	const folder = temporaryDirectory();
	for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index + 1}_step.sql`), text);
	return folder;
}

const someOrigin: Origin = { provider: 'embedded', identity: ['18.4'] };

const keysOf = async (migrations: string | undefined, extra = {}, origin: Partial<Origin> = {}) => {
	const source = migrations === undefined ? undefined : migrationSource(migrations);
	const wanted = { migrations: source, extensions: [], logins: [], databases: [], seeds: [], ...extra };
	return (await snapshotSpec({ ...someOrigin, ...origin }, wanted)).keys;
};

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

test('the provider, server settings, extensions, roles and each seed change the key', async () => {
	const folder = folderWith(texts);
	const seeds = (...texts: string[]) => ({ seeds: texts.map((text) => ({ name: 'seed', text })) });
	const all = await Promise.all([
		keysOf(folder),
		keysOf(folder, {}, { provider: 'container' }),
		keysOf(folder, {}, { identity: ['18.5'] }),
		keysOf(folder, {}, { settings: { max_connections: '200' } }),
		keysOf(folder, { extensions: ['citext'] }),
		keysOf(folder, { roles: { app: 'shop' } }),
		keysOf(folder, { roles: { temporaryTables: true } }),
		keysOf(folder, { roles: 'one' }),
		keysOf(folder, { roles: false }),
		keysOf(folder, { databases: ['reports'] }),
		keysOf(folder, { logins: [{ name: 'reports', password: 'a' }] }),
		keysOf(folder, { logins: [{ name: 'reports', password: 'b' }] }),
		keysOf(folder, { logins: [{ name: 'reports', password: 'a', superuser: true }] }),
		keysOf(folder, seeds('a')),
		keysOf(folder, seeds('b')),
		keysOf(folder, seeds('a', 'b')),
		keysOf(folder, seeds('ab')),
	]);
	expect(new Set(all.map((keys) => keys.at(-1))).size).toBe(all.length);
});

/** The last key of an embedded server in a copy of the tool, before and after a line is added to one of its files. */
async function keysAround(file: string): Promise<[before: string, after: string]> {
	const copy = copyTool();
	const migrations = folderWith(texts);
	const print = async () => {
		const source = `
			import { snapshotSpec } from './src/prepare/index.ts';
			import { migrationSource } from './src/migration-sources/index.ts';
			const contents = { migrations: migrationSource(process.argv[1]), extensions: [], logins: [], databases: [], seeds: [] };
			console.log((await snapshotSpec({ provider: 'embedded', identity: [] }, contents)).keys.at(-1));`;
		const args = ['--input-type=module-typescript', '-e', source, '--', migrations];
		const { stdout, stderr } = await runProcess(process.execPath, args, { cwd: copy });
		expect(stdout, stderr).toMatch(/^[0-9a-f]{64}\n$/);
		return stdout;
	};
	const before = await print();
	appendFileSync(join(copy, 'src', file), '\n');
	return [before, await print()];
}

test.each([
	'database/bootstrap/grants.ts',
	'database/migrations/run.ts',
	'postgres/embedded/initdb.ts',
	'postgres-versions.ts',
	'sql.ts',
])('a byte of src/%s counts', async (file) => {
	const [before, after] = await keysAround(file);
	expect(after).not.toBe(before);
});

test.each(['database/models/compare.ts', 'database/migrations/lint/lint.ts', 'postgres/container/image.ts'])(
	'a byte of src/%s, which shapes no embedded server, does not count',
	async (file) => {
		const [before, after] = await keysAround(file);
		expect(after).toBe(before);
	},
);

test('all code that prepares a server counts', () => {
	const counted = [
		...shapingFolders.map((folder) => `${folder}/`),
		...shapingFiles.map((file) => `${file}.ts`),
	];
	const isCounted = (file: string) =>
		counted.some((each) => (each.endsWith('/') ? `${dirname(file)}/` === each : file === each));
	// Messages, names, types and the linter. The provider's own code counts as well.
	const shapesNothing =
		/^(errors\.ts|files\.ts|disposables\.ts|provider-names\.ts|config\/|detection\/|settings\/|postgres\/|database\/migrations\/lint\/)/;
	const left = [...filesBehind('prepare/prepare.ts')].filter((file) => !shapesNothing.test(file));
	expect(left.length).toBeGreaterThan(30);
	expect(left.filter((file) => !isCounted(file))).toEqual([]);
});

/** The files of `src` that `file` imports, by whatever way, with itself. */
function filesBehind(file: string, found = new Set<string>()): Set<string> {
	if (found.has(file)) return found;
	found.add(file);
	const text = readFileSync(join(toolRoot, 'src', file), 'utf8');
	for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g))
		filesBehind(join(dirname(file), specifier), found);
	return found;
}
