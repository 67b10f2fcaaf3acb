import { expect, inject, test } from 'vitest';
import { startModule } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('servers that are ready do not keep the broker’s process alive', async () => {
	const options = { ...inject('postgres'), migrations: false, snapshots: temporaryDirectory() };
	const program = startModule(`
		import { ensureBroker, startFileServer } from './src/test-files/index.ts';
		const server = await startFileServer({
			options: ${JSON.stringify(options)},
			root: process.cwd(),
			environments: [{}],
			broker: await ensureBroker(),
			warn: console.error,
		});
		await server[Symbol.asyncDispose]();
	`);
	expect(await program.finished).toEqual({ status: 0, stdout: '', stderr: '' });
});
