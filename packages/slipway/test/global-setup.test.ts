import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, runProcess } from './helpers/child-process.ts';

const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CI: '' };

/** Runs only the tests of the container provider. */
function runContainerTests(environment: Record<string, string>) {
	return runProcess(
		join(projectRoot, 'scripts/test'),
		['--no-color', 'test/postgres/container/conformance.test.ts'],
		{ cwd: projectRoot, env: environment },
	);
}

test('without an engine, one line reports that the container tests are skipped', async () => {
	const { status, stdout, stderr } = await runContainerTests(noEngine);
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +\d+ skipped/);
	expect(stderr.match(/^container tests skipped: .*$/gm)).toHaveLength(1);
	expect(stderr).toMatch(/^PostgreSQL for the tests: embedded, because no container engine answers at/m);
});

test.each([
	['in CI', { CI: 'true' }],
	['with SLIPWAY_POSTGRES=container', { SLIPWAY_POSTGRES: 'container' }],
])('%s, a missing engine fails the run', async (_, environment) => {
	const { status, stderr } = await runContainerTests({ ...noEngine, ...environment });
	expect(status).toBe(1);
	expect(stderr).toContain('no container engine answers at /nowhere/docker.sock');
});

test('SLIPWAY_POSTGRES wins over the detected provider', async () => {
	const { stderr } = await runContainerTests({ ...noEngine, SLIPWAY_POSTGRES: 'embedded' });
	expect(stderr).toMatch(/^PostgreSQL for the tests: embedded, because the settings say so$/m);
});
