import { join } from 'node:path';
import { expect } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { startEmbedded } from '../../src/postgres/index.ts';
import { runProcess } from '../helpers/child-process.ts';
import { testInOwnNamespace } from '../helpers/own-namespace.ts';
import { main, makeProject, printQuery } from './project.ts';

const query = printQuery('SELECT 1 AS one');

/**
 * Runs a shell script in a project whose `.slipway` is on a disk of its own. `slipway` prints the exit code after what the
 * command prints; `fill` leaves that many megabytes. Resolves with what is printed after a line `-- TITLE`.
 */
async function onSmallDisk(
	project: string,
	megabytes: number,
	script: string,
): Promise<(title: string) => string> {
	const before = `
		mkdir -p .slipway .before; cp -a .slipway/. .before
		mount -t tmpfs -o size=${megabytes}m none .slipway; cp -a .before/. .slipway
		slipway() { "$node" "$main" "$@" 2>&1; echo "= $?"; }
		fill() { dd if=/dev/zero of=.slipway/filler bs=1M count=$(($(df -m --output=avail .slipway | tail -n 1) - $1)) 2>/dev/null; }
		free() { rm .slipway/filler; }
		logIn() { DATABASE_URL=$("$node" "$main" url) "$node" -e "$query"; }`;
	const { stdout, stderr } = await runProcess('unshare', ['-rm', 'sh', '-c', `${before}\n${script}`], {
		cwd: project,
		env: {
			node: process.execPath,
			main,
			query,
			XDG_STATE_HOME: `${project}/.state`,
			SLIPWAY_POSTGRES: 'embedded',
		},
	});
	expect(stderr).toBe('');
	return (title) =>
		stdout.split(`-- ${title}\n`)[1]?.split('\n-- ')[0]?.trim() ?? `${title} is not in ${stdout}`;
}

const large = "CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 30000);";
const full =
	/^(?:.*\n)*error: (?:the server has no space left for a copy|no space is left on the disk of|PostgreSQL did not start on).*\n(?:.*\n)* {2}Free some space.*\n= 1$/;

testInOwnNamespace(
	'a full disk changes nothing, and the error says so: of the dev data and of a password',
	async () => {
		const project = makeProject({ 'migrations/2_large.sql': large, 'env/.keep': '' });
		const step = await onSmallDisk(
			project,
			400,
			`
			# One of its two pages is free.
			mount -t tmpfs -o size=8k none env
			echo DB_PASSWORD=old >env/env; ln -s env/env .env
			slipway up; slipway db save one
			for left in 20 0; do
				fill $left
				for command in "save two" "restore one" "reset --yes"; do
					echo "-- $left MB: $command"; slipway db $command
				done
				free
			done
			echo "-- list"; slipway db list --json
			for command in "save two" "restore one" "reset --yes"; do echo "-- $command"; slipway db $command; done
			slipway up
			echo full >env/full; echo "-- no space for .env"; slipway bootstrap --rotate app
			echo "-- what is there"; ls env; logIn
			rm env/full; echo "-- space for .env"; slipway bootstrap --rotate app
			echo "-- what is there then"; ls env; logIn
			echo "-- end"; slipway down`,
		);
		const commands = ['save two', 'restore one', 'reset --yes'];
		for (const command of commands)
			for (const left of [20, 0]) expect(step(`${left} MB: ${command}`)).toMatch(full);
		expect(JSON.parse(step('list').replace(/= 0$/, ''))).toMatchObject([
			{ name: 'app', isCurrent: true },
			{ name: 'one', kind: 'state' },
		]);
		for (const command of commands) expect(step(command)).toMatch(/\n= 0(\n|$)/);
		expect(step('no space for .env')).toMatch(
			/^error: .*\.env cannot be written: ENOSPC\n {2}Free space on its disk\.\n= 1$/,
		);
		expect(step('what is there')).toBe('env\nfull\n[{"one":1}]');
		expect(step('space for .env')).toMatch(/^changed the password .*\n= 0$/);
		expect(step('what is there then')).toBe('env\n[{"one":1}]');
	},
);

testInOwnNamespace(
	'an upgrade on a full disk leaves the old data in use, and succeeds with space',
	async () => {
		const project = makeProject();
		{
			const directory = join(project, '.slipway/postgres');
			await using server = await startEmbedded({ directory, version: 17, command: 'the test' });
			await withClient(server.admin, (sql) => sql.unsafe(large));
		}
		const step = await onSmallDisk(
			project,
			400,
			`
			for left in 60 2; do
				fill $left; echo "-- $left MB"; slipway db upgrade; free
				echo "-- after $left MB"; ls .slipway/postgres; cat .slipway/postgres/cluster/data/PG_VERSION
			done
			echo "-- with space"; slipway db upgrade; ls .slipway/postgres`,
		);
		for (const left of [60, 2]) {
			expect(step(`${left} MB`)).toMatch(/\nerror: .*No? space (?:is )?left.*\n {2}Free some space.*\n= 1$/i);
			expect(step(`after ${left} MB`)).toBe('claims\ncluster\nlibraries\nport\npostgres.log\n17');
		}
		expect(step('with space')).toMatch(/\n= 0\nclaims\ncluster\ncluster-17\nlibraries\n/);
	},
);
