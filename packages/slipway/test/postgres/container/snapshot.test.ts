import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { connectEngine, removeLostImages } from '../../../src/postgres/index.ts';
import { runProcess } from '../../helpers/child-process.ts';
import { containersOf, describeWithEngine, dockerClient } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { identityOf, tablesOf } from '../snapshots/own-snapshots.ts';
import { testSnapshots } from '../snapshots/snapshot-conformance.ts';
import { OwnImages } from './own-images.ts';

const recordsOf = (own: OwnImages) =>
	readdirSync(own.snapshots)
		.filter((name) => name.endsWith('.image.json'))
		.map((name) => join(own.snapshots, name));

const longAgo = new Date(Date.now() - 3_600_000);

describeWithEngine('a server in a container from a snapshot', () => {
	testSnapshots(() => new OwnImages());

	test('listens where Slipway decides, regardless of the settings', async () => {
		await expect(new OwnImages().start({ settings: { listen_addresses: '*' } })).rejects.toMatchObject({
			code: 'invalid-server-settings',
			message: expect.stringContaining('"listen_addresses" is set by Slipway'),
		});
	});

	test('has an image without an owner label and without a password', async () => {
		const own = new OwnImages();
		await using server = await own.start();
		const [image] = await own.images();
		const { Config } = await (await dockerClient()).getImage(image?.Id ?? '').inspect();
		expect(Config.Labels).toMatchObject({ 'dev.slipway.kind': 'snapshot', 'dev.slipway.owner': '' });
		for (const { password } of [server.admin, server.app, server.migrator])
			expect(JSON.stringify(Config)).not.toContain(password);
		for (const record of recordsOf(own)) expect(statSync(record).mode & 0o777).toBe(0o600);
	});
});

describeWithEngine('the image is created again', () => {
	test('from the last one if a migration is added, and from scratch if the first migration changes', async () => {
		const own = new OwnImages();
		await using before = await own.start();
		own.write(2, 'CREATE TABLE basket (id int)');
		await using added = await own.start();
		expect(await tablesOf(added)).toEqual(['basket', 'fruit']);
		expect(await identityOf(added)).toBe(await identityOf(before));
		own.write(1, 'CREATE TABLE fruit (name text PRIMARY KEY);');
		await using changed = await own.start();
		expect(await identityOf(changed)).not.toBe(await identityOf(before));
		expect(await own.images()).toHaveLength(3);
	});

	test('for other server settings', async () => {
		const own = new OwnImages();
		await using _plain = await own.start();
		await using larger = await own.start({ settings: { max_connections: '7' } });
		const [setting] = await withClient(larger.admin, (sql) => sql`SHOW max_connections`);
		expect(setting).toEqual({ max_connections: '7' });
		expect(await own.images()).toHaveLength(2);
	});

	test('if it was removed from the engine', async () => {
		const own = new OwnImages();
		const before = await own.start();
		const identity = await identityOf(before);
		await before[Symbol.asyncDispose]();
		const [image] = await own.images();
		await (await dockerClient()).getImage(image?.RepoTags[0] ?? '').remove();
		await using after = await own.start();
		expect(await tablesOf(after)).toEqual(['fruit']);
		expect(await identityOf(after)).not.toBe(identity);
	});

	test.each([
		['names an image that has no data', (text: string) => text.replace(/"image":"[^"]*"/, '"image":"empty"')],
		['is cut short', (text: string) => text.slice(0, 20)],
		['is emptied', () => ''],
	])('when its file %s', async (_, change) => {
		const own = new OwnImages();
		const before = await own.start();
		const identity = await identityOf(before);
		await before[Symbol.asyncDispose]();
		for (const record of recordsOf(own)) writeFileSync(record, change(readFileSync(record, 'utf8')));
		await using after = await own.start();
		expect(await tablesOf(after)).toEqual(['fruit']);
		expect(await identityOf(after)).not.toBe(identity);
		expect(await own.images()).toHaveLength(1); // the unnamed one was removed
	});

	test.each([
		['cluster', '/var/tmp/slipway-snapshot.tar', 100_000],
		['databases', '/var/tmp/slipway-databases.tar', 5_000_000],
	])('when its archive of the %s is damaged, with a warning', async (_of, archive, size) => {
		const own = new OwnImages();
		await (await own.start())[Symbol.asyncDispose]();
		const [name] = (await own.images()).flatMap(({ RepoTags }) => RepoTags);
		await cutShort(name ?? '', archive, size);
		const heard: string[] = [];
		const listen = ({ message }: Error) => void heard.push(message);
		process.on('warning', listen);
		onTestFinished(() => void process.off('warning', listen));
		await using after = await own.start();
		expect(await tablesOf(after)).toEqual(['fruit']);
		expect(heard).toEqual([expect.stringContaining(name ?? 'an image')]);
	});
});

const hasImage = async (name: string) =>
	(await (await dockerClient()).listImages({ filters: { reference: [name] } })).length > 0;

/** An image without files, as if a machine had created it this long ago; removed when the test has ended. */
async function loadImage({ machine, age }: { machine: string; age: number }): Promise<string> {
	const docker = await dockerClient();
	const folder = temporaryDirectory();
	const name = `slipway-snapshot:test-${randomUUID()}`;
	const files = {
		'manifest.json': [{ Config: 'config.json', RepoTags: [name], Layers: [] }],
		'config.json': {
			architecture: 'amd64',
			os: 'linux',
			created: new Date(Date.now() - age).toISOString(),
			config: {
				Labels: {
					'dev.slipway.kind': 'snapshot',
					'dev.slipway.owner': '',
					'dev.slipway.directory': `${machine}:/${name}`,
				},
			},
			rootfs: { type: 'layers', diff_ids: [] },
		},
	};
	for (const [file, content] of Object.entries(files))
		writeFileSync(join(folder, file), JSON.stringify(content));
	const archive = join(folder, 'image.tar');
	await runProcess('tar', ['-cf', archive, '-C', folder, ...Object.keys(files)]);
	onTestFinished(async () => {
		if (await hasImage(name)) await docker.getImage(name).remove();
	});
	await text(await docker.loadImage(archive));
	return name;
}

/** Replaces the image of this name by one in which this archive is cut short. */
async function cutShort(name: string, archive: string, size: number): Promise<void> {
	const docker = await dockerClient();
	const Entrypoint = ['truncate', `--size=${size}`, archive];
	const container = await docker.createContainer({ Image: name, Entrypoint });
	await container.start();
	await container.wait();
	const [repo, tag] = name.split(':');
	await container.commit({ repo, tag });
	await container.remove({ v: true });
}

describeWithEngine('several processes at once', () => {
	test('create one image and all use it', async () => {
		const own = new OwnImages();
		const ended = await Promise.all([1, 2, 3].map(() => own.startProcess().finished));
		expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1);
		expect(ended[0]?.stdout).toMatch(/^from \d+\n$/);
		expect(await own.images()).toHaveLength(1);
	});

	test.each([0.3, 0.6, 0.9])('leave nothing if they are killed (%f of the way)', async (share) => {
		const own = new OwnImages();
		const { child, pid, finished } = own.startProcess();
		await sleep(share * 2500);
		child.kill('SIGKILL');
		await finished;
		const next = await own.startProcess().finished;
		expect(next.stdout).toMatch(/^from \d+\n$/);
		expect(await own.images()).toHaveLength(1);
		await eventually(async () => (await containersOf(pid)).length === 0);
	});
});

describeWithEngine('images of snapshots', () => {
	test('that were used least recently are removed if there are too many, but none in use', async () => {
		const own = new OwnImages();
		const used = await own.start({ settings: { max_connections: '7' } });
		const unused = await own.start({ settings: { max_connections: '8' } });
		await unused[Symbol.asyncDispose]();
		const [record = ''] = recordsOf(own);
		for (const each of recordsOf(own)) utimesSync(each, longAgo, longAgo);
		for (let index = 0; index < 24; index++)
			writeFileSync(
				join(own.snapshots, `${index}.image.json`),
				readFileSync(record, 'utf8').replace(/slipway-snapshot/, 'nowhere'),
			);
		await using _next = await own.start();
		expect(await own.images()).toHaveLength(2);
		await used[Symbol.asyncDispose]();
	});

	test('of another machine are removed a month after they were created, and not before', async () => {
		const day = 24 * 60 * 60 * 1000;
		const young = await loadImage({ machine: 'another', age: 29 * day });
		const old = await loadImage({ machine: 'another', age: 31 * day });
		await removeLostImages(await connectEngine());
		expect(await hasImage(old)).toBe(false);
		expect(await hasImage(young)).toBe(true);
	});

	test('are removed if the folder that names them no longer exists', async () => {
		const own = new OwnImages();
		await (await own.start())[Symbol.asyncDispose]();
		const engine = await connectEngine();
		const [name = ''] = (await own.images()).flatMap(({ RepoTags }) => RepoTags);
		expect(await removeLostImages(engine)).not.toContain(name);
		rmSync(own.snapshots, { recursive: true });
		expect(await removeLostImages(engine)).toContain(name);
		mkdirSync(own.snapshots);
		await using server = await own.start();
		expect(await tablesOf(server)).toEqual(['fruit']);
	});
});
