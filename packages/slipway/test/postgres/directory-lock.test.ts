import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startModule } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const claimant = (directory: string) =>
	startModule(
		`import { lockDirectory } from './src/postgres/directory-lock.ts';
		try {
			await lockDirectory(process.argv[1], 'a claimant');
			console.log('has it');
			setInterval(() => {}, 1000);
		} catch (error) {
			console.log(error.code);
		}`,
		[directory],
	);

test('of many that lock a directory at once, at most one gets it, and the next one after its release', async () => {
	const directory = temporaryDirectory();
	const claimants = Array.from({ length: 8 }, () => claimant(directory));
	await Promise.all(claimants.map(({ printed }) => printed(/has it|directory-in-use/)));
	for (const { child } of claimants) child.kill('SIGKILL');
	const finished = await Promise.all(claimants.map(({ finished }) => finished));
	expect(finished.filter(({ stdout }) => stdout.includes('has it')).length).toBeLessThanOrEqual(1);
	const next = claimant(directory);
	await next.printed('has it');
	next.child.kill('SIGKILL');
	await next.finished;
});

test('a lock ends with its process, however that ended', async () => {
	const directory = temporaryDirectory();
	const first = claimant(directory);
	await first.printed('has it');
	first.child.kill('SIGKILL');
	await first.finished;
	const second = claimant(directory);
	await second.printed('has it');
	second.child.kill('SIGKILL');
	await second.finished;
	expect(readdirSync(join(directory, 'claims'))).toHaveLength(1);
});
