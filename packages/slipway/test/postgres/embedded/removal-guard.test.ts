import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hasCode } from '../../../src/errors.ts';
import { embeddedSnapshots } from '../../../src/postgres/embedded/snapshot-store.ts';
import { startModule } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** All paths below `folder`. What is being removed meanwhile counts as still there. */
function entries(folder: string): string[] {
	try {
		return readdirSync(folder, { recursive: true, encoding: 'utf8' });
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return ['(being removed)'];
		throw error;
	}
}

/** Runs `source` in a process that is killed once a path below `folder` matches `sign`, or kills itself. */
async function killAt(sign: RegExp | 'its own word', source: string, folder: string): Promise<void> {
	const { child, finished } = startModule(
		`import { watch } from 'node:fs';
		import { startEmbedded } from './src/postgres/index.ts';
		import { embeddedSnapshots } from './src/postgres/embedded/snapshot-store.ts';
		const [, folder] = process.argv;
		${source};
		setInterval(() => {}, 1000);`,
		[folder],
		{ env: { TMPDIR: folder } },
	);
	onTestFinished(() => void child.kill('SIGKILL'));
	if (sign !== 'its own word') {
		await eventually(() => entries(folder).some((path) => sign.test(path)));
		child.kill('SIGKILL');
	}
	expect(await finished).toMatchObject({ status: 'SIGKILL' });
}

const start = 'await (await embeddedSnapshots(folder)).start("base")';
const keep = `
	watch(folder, (_, name) => name.endsWith('.unfinished') && process.kill(process.pid, 'SIGKILL'));
	await (await embeddedSnapshots(folder)).keep("other", "base", async () => {});`;
test.each([
	['has just made its folder', start, /^slipway-server-/],
	['is unpacking a snapshot', start, /^slipway-server-.*cluster/],
	['is making a data directory', 'await startEmbedded()', /^slipway-server-.*unfinished-.*data/],
	['is packing a snapshot', keep, 'its own word'],
] as const)('a process that is killed while it %s leaves nothing behind', async (_, source, sign) => {
	const folder = temporaryDirectory();
	await (await embeddedSnapshots(folder)).keep('base', undefined, async () => {});
	await killAt(sign, source, folder);
	await eventually(() => entries(folder).join() === 'base.tar');
});

test('a data directory to keep that a killed process was creating is removed, but not the folder around it', async () => {
	const folder = temporaryDirectory();
	const directory = join(folder, 'kept');
	await killAt(
		/unfinished-.*data/,
		`await startEmbedded({ directory: ${JSON.stringify(directory)} })`,
		folder,
	);
	await eventually(() => entries(directory).every((path) => !path.startsWith('cluster')));
	expect(existsSync(directory)).toBe(true);
});

test('what is no longer guarded stays if its process is killed', async () => {
	const folder = temporaryDirectory();
	const path = join(folder, 'published');
	const { child, finished, printed } = startModule(
		`import { mkdirSync } from 'node:fs';
		import { guardPath } from './src/postgres/embedded/removal-guard.ts';
		const guard = guardPath(process.argv[1]);
		mkdirSync(process.argv[1]);
		guard[Symbol.dispose]();
		const other = guardPath(process.argv[1] + '-not');
		mkdirSync(process.argv[1] + '-not');
		console.log('made');
		setInterval(() => {}, 1000);`,
		[path],
	);
	onTestFinished(() => void child.kill('SIGKILL'));
	await printed('made');
	child.kill('SIGKILL');
	await finished;
	await eventually(() => !existsSync(`${path}-not`));
	expect(existsSync(path)).toBe(true);
});
