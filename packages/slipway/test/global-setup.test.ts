import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, runProcess } from './helpers/child-process.ts';

const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CI: '' };

/** A run of the tests of the container provider alone. */
function runContainerTests(environment: Record<string, string>) {
	return runProcess(
		join(projectRoot, 'scripts/test'),
		['--no-color', 'test/postgres/container/conformance.test.ts'],
		{ cwd: projectRoot, env: environment },
	);
}

test('where there is no engine, one line says that the tests of containers are skipped', async () => {
	const { status, stdout, stderr } = await runContainerTests(noEngine);
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +\d+ skipped/);
	expect(stderr.match(/^the tests of servers in containers are skipped: .*$/gm)).toHaveLength(1);
	expect(stderr).toMatch(/^PostgreSQL for the tests: embedded, because no container engine answers at/m);
});

test.each([
	['under CI', { CI: 'true' }],
	['where containers are asked for', { SLIPWAY_POSTGRES: 'container' }],
])('%s it fails', async (_, environment) => {
	const { status, stderr } = await runContainerTests({ ...noEngine, ...environment });
	expect(status).toBe(1);
	expect(stderr).toContain('no container engine answers at /nowhere/docker.sock');
});

test('the setting wins', async () => {
	const { stderr } = await runContainerTests({ ...noEngine, SLIPWAY_POSTGRES: 'embedded' });
	expect(stderr).toMatch(/^PostgreSQL for the tests: embedded, because the settings say so$/m);
});
