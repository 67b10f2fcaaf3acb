import { inspect } from 'node:util';

const tests = [];
const seconds = 5;

/** One of its tests returns what is expected and what was found; later items are cleaning up. */
export function t(name, options, run) {
	tests.push(typeof options === 'function' ? { name, run: options } : { name, ...options, run });
}
t.timeout = seconds;
export const nt = () => {};
export const ot = t;

// The tests are registered while their module is evaluated.
setImmediate(async () => {
	const failed = [];
	for (const { name, timeout = t.timeout, run } of tests) {
		const problem = await problemOf(run, timeout);
		if (problem === undefined) continue;
		failed.push(name);
		console.error(`${name}: ${problem}`);
	}
	console.log(`counts: ${JSON.stringify({ passed: tests.length - failed.length, failed })}`);
	process.exit();
});

process.on('unhandledRejection', (error) => console.error('unhandled', error));

async function problemOf(run, timeout) {
	let timer;
	const overdue = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error('timed out')), timeout * 1000);
	});
	try {
		const [expected, found] = await Promise.race([run().then((items) => Promise.all(items)), overdue]);
		return expected === found ? undefined : `${inspect(expected)} is not ${inspect(found)}`;
	} catch (error) {
		return inspect(error);
	} finally {
		clearTimeout(timer);
	}
}
