import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const client = JSON.stringify(join(process.cwd(), 'src/index.js'));
const program = `
	import postgres from ${client};
	const sql = postgres({ max: 1, onnotice() {} });
	await sql.unsafe(process.argv[1]);
	await sql.end();`;

/** Runs `psql -c SQL` to its end. */
export function exec(_command, args) {
	const { stderr, status } = spawnSync(
		process.execPath,
		['--input-type=module', '-e', program, '--', args.at(-1)],
		{ encoding: 'utf8' },
	);
	if (status !== 0) throw stderr;
}
