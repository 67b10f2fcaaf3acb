import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProject, expectSuccess, installApp } from './app-project.ts';

let project: AppProject;
beforeAll(async () => {
	project = await installApp('ponies');
});
afterAll(() => project[Symbol.dispose]());

test('it type-checks, its row types are up to date, and its tests pass', async () => {
	expectSuccess(await project.run('npm', 'run', 'check'));
	expectSuccess(await project.run('npm', 'test'));
});

test('its browser tests pass', async () => {
	expectSuccess(await project.run('npm', 'run', 'test:browser'));
});

test('npm run migrations reverts, applies, branches and merges', async () => {
	const finished = await project.run('npm', 'run', 'migrations');
	expectSuccess(finished);
	const [first, second] = ['1_owners-and-ponies', '2_handlers'];
	expect(stepsOf(finished.stdout)).toEqual([
		['slipway migrate status', `applied ${first}`, `applied ${second}`],
		[`slipway migrate down --to ${first} --yes`, `reverted ${second}`],
		['slipway migrate status', `applied ${first}`, `pending ${second}`],
		['slipway migrate down --all --yes', `reverted ${first}`],
		['slipway migrate up', `applied ${first}`, `applied ${second}`],
		[
			'slipway migrate history',
			...[`up ${first}`, `up ${second}`, `down ${second}`, `down ${first}`, `up ${first}`, `up ${second}`],
		],
		['git merge --quiet heights'],
		['slipway migrate up', 'applied add-height'],
		['git merge --quiet --no-edit colours'],
		[
			'slipway migrate status',
			...[`applied ${first}`, `applied ${second}`, 'out-of-order add-colour', 'applied add-height'],
		],
		['slipway migrate up'],
		['slipway migrate rebase', 'add-colour -> add-colour'],
		['slipway migrate up', 'applied add-colour'],
		[
			'slipway migrate status',
			...[`applied ${first}`, `applied ${second}`, 'applied add-height', 'applied add-colour'],
		],
	]);
});

test('npm run loading shows what lazy and eager loading cost', async () => {
	const finished = await project.run('npm', 'run', 'loading');
	expectSuccess(finished);
	const rows = Array.from(finished.stdout.matchAll(/'(lazy|eager): [^']*' *│ (\d+) +│ ([\d.]+)/g));
	expect(rows.map(([, way, queries]) => [way, Number(queries)])).toEqual([
		['lazy', 301],
		['eager', 3],
		['eager', 1],
		['eager', 1],
	]);
});

test('npm run dev serves the seeded ponies, and its forms work', async () => {
	await project.develop(async (address) => {
		const list = await fetch(`${address}/ponies`);
		expect(await list.text()).toContain('Biscuit');
		const page = await fetch(`${address}/owners`);
		const [cookie = ''] = page.headers.getSetCookie();
		const [, token = ''] = (await page.text()).match(/name="token" value="([^"]+)"/) ?? [];
		const add = (fields: Record<string, string>) =>
			fetch(`${address}/owners`, {
				method: 'POST',
				body: new URLSearchParams({ name: 'Dora', ...fields }),
				headers: { Cookie: cookie, Origin: address },
				redirect: 'manual',
			});
		expect((await add({})).status).toBe(403);
		expect((await add({ token })).status).toBe(303);
		expect(await (await fetch(`${address}/owners`)).text()).toContain('Dora');
	});
});

test('it does not start in production without a secret key', async () => {
	const start = ['env', 'NODE_ENV=production', 'npm', 'start'];
	const { status, stderr } = await project.run('npx', 'slipway', 'run', '--', ...start);
	expect(status).toBe(1);
	expect(stderr).toMatch(/required if NODE_ENV is production.*\n.*SECRET_KEY/);
});

/** Each command, with the states and names of the migrations that it printed, without timestamps. */
function stepsOf(output: string): readonly (readonly string[])[] {
	const [, ...steps] = output.replaceAll(/\d{17}_/g, '').split(/^\$ /m);
	return steps.map((step) => {
		const [command = '', ...lines] = step.split('\n');
		const shown = lines.flatMap((line) => {
			const [, state, name] =
				line.match(/\b(applied|pending|reverted|out-of-order|up|down) .*?(\d_\S+|add-\S+)/) ?? [];
			return name ? `${state} ${name}` : /^\S+ -> \S+$/.test(line) ? line : [];
		});
		return [command, ...shown];
	});
}
