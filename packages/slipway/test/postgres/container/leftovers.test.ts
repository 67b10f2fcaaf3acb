import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sweepOnce } from '../../../src/postgres/container/leftovers.ts';
import { connectEngine } from '../../../src/postgres/index.ts';
import { currentProcess } from '../../../src/postgres/process-identity.ts';
import { projectRoot, runProcess, startModule } from '../../helpers/child-process.ts';
import { describeWithEngine, dockerBehindProxy, dockerClient, image } from '../../helpers/engine.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const owners = {
	living: currentProcess(),
	dead: { ...currentProcess(), pid: process.pid, startedAt: 'before' },
	elsewhere: { ...currentProcess(), boot: 'another', machine: 'another' },
	/** On another machine with the same name and the same engine. */
	namesake: { ...currentProcess(), boot: 'another' },
};

/** What a run may leave if it was killed before its container had a process: nothing runs. */
async function leave(owner: object | undefined): Promise<string> {
	const docker = await dockerClient();
	const name = `slipway-test-${randomBytes(6).toString('hex')}`;
	const Labels: Record<string, string> =
		owner === undefined ? {} : { 'dev.slipway.owner': JSON.stringify(owner) };
	const container = await docker.createContainer({ name, Image: image, Labels });
	await docker.createVolume({ Name: name, Labels });
	await docker.createNetwork({ Name: name, Labels });
	onTestFinished(async () => {
		await container.remove({ force: true, v: true }).catch(() => {});
		await docker
			.getVolume(name)
			.remove()
			.catch(() => {});
		await docker
			.getNetwork(name)
			.remove()
			.catch(() => {});
	});
	return name;
}

async function isLeft(name: string): Promise<{ container: boolean; volume: boolean; network: boolean }> {
	const docker = await dockerClient();
	const there = (inspection: Promise<unknown>) =>
		inspection.then(
			() => true,
			() => false,
		);
	const [container, volume, network] = await Promise.all([
		there(docker.getContainer(name).inspect()),
		there(docker.getVolume(name).inspect()),
		there(docker.getNetwork(name).inspect()),
	]);
	return { container, volume, network };
}

const all = (is: boolean) => ({ container: is, volume: is, network: is });

describeWithEngine('what a killed run left', () => {
	test('is removed by slipway clean; what belongs to living processes, to other machines or to no process is not', async () => {
		const names = {
			dead: await leave(owners.dead),
			living: await leave(owners.living),
			elsewhere: await leave(owners.elsewhere),
			nobody: await leave(undefined),
		};
		const { status, stdout } = await runProcess(join(projectRoot, 'scripts/clean'), ['--json'], {
			env: { TMPDIR: temporaryDirectory() },
		});
		expect(status).toBe(0);
		const removed = (JSON.parse(stdout) as { removed: { kind: string; name: string }[] }).removed;
		const ours = removed.filter(({ name }) => Object.values(names).includes(name));
		// Another test that cleans up may have removed some before.
		expect(ours.filter(({ name }) => name !== names.dead)).toEqual([]);
		expect(await isLeft(names.dead)).toEqual(all(false));
		for (const name of [names.living, names.elsewhere, names.nobody])
			expect(await isLeft(name)).toEqual(all(true));
	});

	test('in containers is removed by the next start', async () => {
		const [left, spared] = [await leave(owners.dead), await leave(owners.living)];
		const namesakes = await leave(owners.namesake);
		const starter = startModule(
			`import { startContainer } from './src/postgres/index.ts';
			await using server = await startContainer({ image: process.argv[1] });`,
			[image],
		);
		expect(await starter.finished).toMatchObject({ status: 0, stderr: '' });
		expect((await isLeft(left)).container).toBe(false);
		expect(await isLeft(spared)).toEqual(all(true));
		expect((await isLeft(namesakes)).container).toBe(true);
	});

	test('and cannot be removed now does not prevent a server from starting, and is removed by the next start', async () => {
		const left = await leave(owners.dead);
		const engine = await connectEngine();
		await sweepOnce({ ...engine, docker: (await dockerBehindProxy({ cut: 1 })).docker });
		await sweepOnce(engine);
		expect((await isLeft(left)).container).toBe(false);
	});
});
