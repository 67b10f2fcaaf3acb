import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbedded } from '../../src/postgres/index.ts';
import { makeProject, slipway } from '../cli/project.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

interface Diagnosis {
	readonly check: string;
	readonly level: string;
	readonly message: string;
	readonly fix?: string;
}

test.each([
	['an engine and a server', ['docker', 'image', 'passwords']],
	['a server', ['passwords']],
])('checks that wait for %s are reported, and not waited for', async (_, late) => {
	const silent = createServer(() => {});
	onTestFinished(() => void silent.close());
	await once(silent.listen(0, '127.0.0.1'), 'listening');
	const { port } = silent.address() as AddressInfo;
	const bin = temporaryDirectory();
	writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
	const PATH = late.includes('docker') ? bin : '/nonexistent';
	const env = { PATH, PORT: '0', DB_HOST: '127.0.0.1', DB_PORT: String(port) };
	const project = makeProject();
	const { status, stdout } = await slipway(project, ['doctor', '--json', '--timeout', '1'], env);
	const found = JSON.parse(stdout) as Diagnosis[];
	expect(status).toBe(0);
	for (const check of late)
		expect(found).toContainEqual({
			check,
			level: 'warning',
			message: 'did not finish within 1 s',
			fix: expect.stringContaining('npx slipway doctor --timeout 10.'),
		});
	expect(found).toContainEqual(expect.objectContaining({ check: 'files', level: 'ok' }));
	const text = await slipway(project, ['doctor', '--timeout', '1'], env);
	expect(text.stdout.match(/did not finish/g)).toHaveLength(1);
	expect(text.stdout).toMatch(new RegExp(`^warning .*\\b${late.at(-1)}\\b.*: did not finish`, 'm'));
});

test('--fix restores the permissions of the dev data, and nothing else', async () => {
	const project = makeProject({ '.nvmrc': '18' });
	const directory = join(project, '.slipway/postgres');
	await (await startEmbedded({ directory })).stop();
	chmodSync(join(directory, 'cluster/data'), 0o777);
	const doctor = async (...args: readonly string[]) => {
		const env = { PATH: '/usr/bin:/bin', PORT: '0', DOCKER_HOST: 'unix:///nonexistent', TMPDIR: project };
		const { stdout } = await slipway(project, ['doctor', '--json', '--timeout', '60', ...args], env);
		return (JSON.parse(stdout) as Diagnosis[]).filter(({ check }) => /embedded data|node/.test(check));
	};
	const data = { check: 'embedded data', fix: expect.stringMatching(/^Restore the permissions: chmod -R /) };
	const [node, error] = await doctor();
	expect([node, error]).toEqual([
		expect.objectContaining({ check: 'node', level: 'warning' }),
		expect.objectContaining({ ...data, level: 'error' }),
	]);
	expect(await doctor('--fix')).toEqual([node, expect.objectContaining({ ...data, level: 'fixed' })]);
	expect(await doctor()).toEqual([node, expect.objectContaining({ level: 'ok' })]);
});
