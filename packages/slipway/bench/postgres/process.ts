import { entries } from './contenders.ts';
import type { Answer } from './own-process.ts';

/** The process of one contender. It takes a turn for each message, and ends with its parent process. */
const [name, root = '', folder = ''] = process.argv.slice(2);
const entry = entries.find((each) => each.name === name);
if (entry === undefined) throw new Error(`there is no contender "${name}"`);
const contender = entry.prepare({ root, folder });

process.on('message', async () => {
	answer(
		await contender
			.then((contender) => contender.turn())
			.then(
				(milliseconds) => ({ milliseconds }),
				(error: Error & { code?: string }) => ({ message: error.message, code: error.code }),
			),
	);
});
process.once('disconnect', async () => {
	await contender.then((contender) => contender[Symbol.asyncDispose]());
	process.exit();
});

function answer(message: Answer): void {
	process.send?.(message);
}
