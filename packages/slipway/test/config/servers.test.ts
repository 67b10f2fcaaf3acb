import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finished, runProcess } from '../helpers/child-process.ts';
import { describeWithEngine } from '../helpers/engine.ts';
import { makeProject } from './project.ts';

interface Seen {
	readonly app: string;
	readonly owner: string | null;
	readonly extensions: readonly string[] | null;
	readonly maxConnections: string;
	readonly version: string;
}

/** What the app sees on its server, written to the file `seen.json`. */
const look = `
	import { writeFileSync } from 'node:fs';
	import pg from 'pg';
	export async function look(url) {
		const client = new pg.Client(url);
		await client.connect();
		const { rows } = await client.query(\`
			SELECT session_user AS app, current_setting('max_connections') AS "maxConnections", version(),
				(SELECT tableowner FROM pg_tables WHERE tablename = 'fruit') AS owner,
				(SELECT array_agg(extname::text) FROM pg_extension WHERE extname <> 'plpgsql') AS extensions\`);
		await client.end();
		writeFileSync('seen.json', JSON.stringify(rows[0]));
	}`;

const config = (postgres = "{ settings: { max_connections: '37' } }") => `
	import { defineConfig } from 'slipway/config';
	export default defineConfig({
		migrations: 'db',
		extensions: ['pg_trgm'],
		roles: { owner: 'shop_owner', migrator: 'shop_migrator', app: 'shop_clerk' },
		postgres: ${postgres},
	});`;

const files = {
	'package.json': '{ "type": "module" }',
	'slipway.config.ts': config(),
	'db/1_fruit.sql':
		'-- Up Migration\nCREATE TABLE fruit (name text);\nCREATE INDEX ON fruit USING gin (name gin_trgm_ops);\n',
	'look.mjs': look,
	'look-now.mjs': "import { look } from './look.mjs'; await look(process.env.DATABASE_URL);",
};

const configured = {
	app: 'shop_clerk',
	owner: 'shop_owner',
	extensions: ['pg_trgm'],
	maxConnections: '37',
};

type Way = (project: string, options?: string, env?: NodeJS.ProcessEnv) => Promise<Finished>;

const run = (project: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
	runProcess(process.execPath, args, { cwd: project, env });

const startPostgres: Way = (project, options = '{}') =>
	run(project, [
		'--input-type=module',
		'-e',
		`import { startPostgres } from 'slipway';
		import { look } from './look.mjs';
		await using server = await startPostgres(${options});
		await look(server.app.url);`,
	]);

const slipwayRun: Way = (project, _options, env) =>
	run(project, ['node_modules/slipway/src/cli/main.ts', 'run', '--', process.execPath, 'look-now.mjs'], env);

async function seenBy(
	way: Way,
	project: string,
	...args: [options?: string, env?: NodeJS.ProcessEnv]
): Promise<Seen> {
	const { status, stdout, stderr } = await way(project, ...args);
	expect(status, stdout + stderr).toBe(0);
	return JSON.parse(readFileSync(join(project, 'seen.json'), 'utf8')) as Seen;
}

/** A project whose vitest has the plugin with these options, and a test that looks. */
function vitestProject(options: string): string {
	return makeProject({
		...files,
		'vitest.config.ts': `
			import { defineConfig } from 'vitest/config';
			import { slipway } from 'slipway/vitest/plugin';
			export default defineConfig({ plugins: [slipway(${options})] });`,
		'look.test.ts': `
			import { test } from 'slipway/vitest';
			import { look } from './look.mjs';
			test('looks', async ({ app }) => look(app.url));`,
	});
}

const plugin: Way = (project, _options, env) =>
	run(project, ['node_modules/vitest/vitest.mjs', 'run', '--no-color'], env);

describe('the configuration reaches the server', () => {
	test('of startPostgres, and options in code override it', async () => {
		const project = makeProject(files);
		expect(await seenBy(startPostgres, project)).toMatchObject(configured);
		const options = `{ migrations: false, extensions: [], roles: { app: 'own' }, settings: { max_connections: '41' } }`;
		expect(await seenBy(startPostgres, project, options)).toMatchObject({
			app: 'own',
			owner: null,
			extensions: null,
			maxConnections: '41',
		});
		expect(await seenBy(startPostgres, project, '{ roles: undefined }')).toMatchObject(configured);
	});

	test('of slipway run, also from a folder below the project', async () => {
		const project = makeProject({ ...files, 'below/a.txt': '' }, 'with space $HOME');
		expect(await seenBy(slipwayRun, project)).toMatchObject(configured);
		const main = join(project, 'node_modules/slipway/src/cli/main.ts');
		const program = join(project, 'look-now.mjs');
		const { status, stderr } = await run(join(project, 'below'), [
			main,
			'run',
			'--',
			process.execPath,
			program,
		]);
		expect(status, stderr).toBe(0);
		expect(JSON.parse(readFileSync(join(project, 'below/seen.json'), 'utf8'))).toMatchObject(configured);
	});

	test('of a test file, through the plugin', async () => {
		expect(await seenBy(plugin, vitestProject(''))).toMatchObject(configured);
	});

	test('of a test file, and options of the plugin override it', async () => {
		const options = "{ roles: { app: 'own' }, settings: { max_connections: '41' } }";
		expect(await seenBy(plugin, vitestProject(options))).toMatchObject({
			...configured,
			app: 'own',
			owner: 'app_owner',
			maxConnections: '41',
		});
	});
});

test.each<[string, Way]>([
	['startPostgres', startPostgres],
	['slipway run', slipwayRun],
])('an invalid configuration fails %s', async (_, way) => {
	const { status, stderr } = await way(
		makeProject({ ...files, 'slipway.config.ts': 'export default { migration: 1 };' }),
	);
	expect(status).toBe(1);
	expect(stderr).toContain('there is no "migration"; did you mean "migrations"?');
});

describeWithEngine('the provider in the configuration', () => {
	const inContainer = {
		...files,
		'slipway.config.ts': config("{ provider: 'container', image: 'postgres:18' }"),
	};

	test('reaches startPostgres and slipway run, and SLIPWAY_POSTGRES overrides it', async () => {
		const project = makeProject(inContainer);
		for (const way of [startPostgres, slipwayRun])
			expect((await seenBy(way, project)).version).toContain('Debian');
		const { version } = await seenBy(slipwayRun, project, undefined, { SLIPWAY_POSTGRES: 'embedded' });
		expect(version).not.toContain('Debian');
		expect((await seenBy(startPostgres, project, "{ provider: 'embedded' }")).version).not.toContain(
			'Debian',
		);
	});
});
