import { PGlite } from '@electric-sql/pglite';
import { timed } from '../contender.ts';

/** @type {import('../contender.ts').Prepare} */
export async function prepareFresh() {
	return timed(() => answers(PGlite.create()));
}

/** @type {import('../contender.ts').Prepare} */
export async function prepareDump() {
	const source = await PGlite.create();
	const loadDataDir = await source.dumpDataDir('none');
	await source.close();
	return timed(() => answers(PGlite.create({ loadDataDir })));
}

/** @type {import('../contender.ts').Prepare} */
export async function prepareClone() {
	const source = await PGlite.create();
	return timed(
		() => answers(source.clone()),
		() => source.close(),
	);
}

/** @param {Promise<Pick<PGlite, 'query' | 'close'>>} opened */
async function answers(opened) {
	const database = await opened;
	await database.query('SELECT 1');
	return { [Symbol.asyncDispose]: () => database.close() };
}
