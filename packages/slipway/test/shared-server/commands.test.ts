import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeProject, printQuery, slipway, startSlipway } from '../cli/project.ts';
import { runProcess, toolRoot } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { useTeamServer } from './team-server.ts';

const server = useTeamServer();

const external = () => ({ SLIPWAY_POSTGRES: 'external', SLIPWAY_TEST_SERVER: server.teamUrl() });

const databases = () => server.databases('slipway_test%');

/** No containers and no folders of others. */
const onlyTestServer = () => ({
	SLIPWAY_TEST_SERVER: server.teamUrl(),
	TMPDIR: temporaryDirectory(),
	DOCKER_HOST: 'unix:///nonexistent',
});

const query = 'SELECT text, current_user AS role, current_database() AS name FROM note';

test('slipway run gives a command a database on the shared server, and drops it', async () => {
	const command = ['run', '--', process.execPath, '-e', printQuery(query)];
	const { stdout, stderr } = await slipway(makeProject(), command, external());
	expect(JSON.parse(stdout), stderr).toEqual([
		{ text: 'first', role: 'app_user', name: expect.stringMatching(/^slipway_test_/) },
	]);
	expect(await databases()).toEqual([]);
});

test('a file of node:test gets one; the doctor and slipway clean find what a killed run left, and spare a live one', async () => {
	const project = makeProject({ 'slipway.config.mjs': "export default { test: { provider: 'external' } };" });
	const living = startSlipway(project, ['run', '--', 'sleep', '120'], external());
	onTestFinished(async () => {
		living.child.kill();
		await living.finished;
	});
	await vi.waitFor(async () => expect(await databases()).toHaveLength(1), 60_000);
	const program = printQuery(query).replace('return sql.end();', 'process.kill(process.pid, "SIGKILL");');
	const args = ['--import', join(toolRoot, 'src/register.ts'), '-e', program];
	const killed = await runProcess(process.execPath, args, { cwd: project, env: onlyTestServer() });
	const [left = ''] = /slipway_test_\w+/.exec(killed.stdout) ?? [];
	expect(await databases()).toContain(left);
	const { stdout: report } = await slipway(
		project,
		['doctor', '--json', '--timeout', '60'],
		onlyTestServer(),
	);
	const findings: { check: string; message: string }[] = JSON.parse(report);
	expect(findings.find(({ check }) => check === 'test server')?.message).toContain(
		`killed runs left the database ${left} on team@`,
	);
	const { stdout } = await slipway(project, ['clean', '--json'], onlyTestServer());
	expect(JSON.parse(stdout).removed).toContainEqual({ kind: 'database', name: left });
	expect(await databases()).toHaveLength(1);
});

test('slipway clean says that the shared server does not answer', async () => {
	const env = { ...onlyTestServer(), SLIPWAY_TEST_SERVER: 'postgres://team@127.0.0.1:1/postgres' };
	const { status, stderr } = await slipway(makeProject(), ['clean'], env);
	expect({ status, stderr }).toEqual({
		status: 0,
		stderr: expect.stringContaining('the shared test server was not checked: '),
	});
});
