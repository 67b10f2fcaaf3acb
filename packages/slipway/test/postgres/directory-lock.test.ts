import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startModule } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const contender = (directory: string) =>
	startModule(
		`import { lockDirectory } from './src/postgres/directory-lock.ts';
		try {
			await lockDirectory(process.argv[1], 'a contender');
			console.log('has it');
			setInterval(() => {}, 1000);
		} catch (error) {
			console.log(error.code);
		}`,
		[directory],
	);

test('of many processes that lock a directory at once, at most one succeeds, and the next one after its end', async () => {
	const directory = temporaryDirectory();
	const contenders = Array.from({ length: 8 }, () => contender(directory));
	await Promise.all(contenders.map(({ printed }) => printed(/has it|directory-in-use/)));
	for (const { child } of contenders) child.kill('SIGKILL');
	const finished = await Promise.all(contenders.map(({ finished }) => finished));
	expect(finished.filter(({ stdout }) => stdout.includes('has it')).length).toBeLessThanOrEqual(1);
	const next = contender(directory);
	await next.printed('has it');
	next.child.kill('SIGKILL');
	await next.finished;
});

test('a lock ends with its process, in any way', async () => {
	const directory = temporaryDirectory();
	const first = contender(directory);
	await first.printed('has it');
	first.child.kill('SIGKILL');
	await first.finished;
	const second = contender(directory);
	await second.printed('has it');
	second.child.kill('SIGKILL');
	await second.finished;
	expect(readdirSync(join(directory, 'claims'))).toHaveLength(1);
});
