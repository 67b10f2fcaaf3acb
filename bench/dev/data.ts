import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { runSlipway, startDev } from './launch.ts';

/**
 * Saving and restoring 100 MB, as whole commands, and switching branches under a running `scripts/dev`, from the start of
 * `git checkout` to the page of the service that uses the other branch's database.
 */
export async function measureData(checkout: string): Promise<Record<string, number>> {
	makeRepository(checkout);
	await using dev = startDev(checkout);
	await dev.nextResponse();
	await fill(await runSlipway(checkout, 'url', '--as', 'migrator'));
	const slipway = (...args: string[]) => time(() => runSlipway(checkout, ...args));
	const checkOut = (...args: string[]) =>
		time(async () => {
			git(checkout, 'checkout', '-q', ...args);
			await dev.nextResponse();
		});
	return {
		'slipway url, to compare with the following commands': await slipway('url'),
		'slipway db save, 100 MB': await slipway('db', 'save', 'one'),
		'slipway db restore, 100 MB': await slipway('db', 'restore', 'one'),
		'slipway db restore --undo, 100 MB': await slipway('db', 'restore', '--undo'),
		'git checkout of a new branch to its page, 100 MB': await checkOut('-b', 'feature'),
		'git checkout of a known branch to its page, 100 MB': await checkOut('main'),
	};
}

async function time(step: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await step();
	return performance.now() - start;
}

function makeRepository(checkout: string): void {
	const config = join(checkout, 'slipway.config.ts');
	writeFileSync(config, readFileSync(config, 'utf8').replace('dev: {', 'dev: {\n\t\tbranches: true,'));
	writeFileSync(join(checkout, '.gitignore'), '.slipway\nnode_modules\n');
	git(checkout, 'init', '-q', '-b', 'main');
	git(checkout, 'add', '.');
	git(checkout, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-q', '-m', 'all');
}

function git(checkout: string, ...args: string[]): void {
	execFileSync('git', args, { cwd: checkout });
}

async function fill(url: string): Promise<void> {
	const sql = postgres(url, { max: 1 });
	await sql`CREATE TABLE bulk AS
		SELECT id, repeat(md5(id::text), 6) AS text FROM generate_series(1, 400000) AS id`;
	await sql.end();
}
