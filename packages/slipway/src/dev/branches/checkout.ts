import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from '../../errors.ts';
import { writeAtomically } from '../../files.ts';

/** What a checkout remembers. Everything else is in the comments on the databases. */
export interface Checkout {
	/** Tells checkouts apart that share a server. */
	readonly id: string;
	/** The database that it used last: it stays in use while no branch is checked out. */
	readonly database: string | undefined;
}

const fileOf = (folder: string) => join(folder, 'branches.json');

/** `folder`: where the checkout keeps its files. */
export function readCheckout(folder: string): Checkout {
	const file = fileOf(folder);
	return parse(file) ?? create(file) ?? replace(file);
}

/** The database that the checkout used last, if it has ever used that of a branch. Writes nothing. */
export const databaseInUse = (folder: string): string | undefined => parse(fileOf(folder))?.database;

export function writeCheckout(folder: string, checkout: Checkout): void {
	writeAtomically(fileOf(folder), format(checkout));
}

const format = (checkout: Checkout) => `${JSON.stringify(checkout)}\n`;
const newCheckout = (): Checkout => ({ id: randomBytes(8).toString('hex'), database: undefined });

/** Undefined if the file is missing or damaged. */
function parse(file: string): Checkout | undefined {
	try {
		const { id, database } = JSON.parse(readFileSync(file, 'utf8')) as Checkout;
		return typeof id === 'string' ? { id, database } : undefined;
	} catch {
		return undefined;
	}
}

/** Of several processes that do this at once, one succeeds, and all return what it wrote. */
function create(file: string): Checkout | undefined {
	mkdirSync(dirname(file), { recursive: true });
	const unfinished = `${file}.${process.pid}.unfinished`;
	writeFileSync(unfinished, format(newCheckout()), { mode: 0o600 });
	try {
		linkSync(unfinished, file);
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) throw error;
	} finally {
		rmSync(unfinished);
	}
	return parse(file);
}

function replace(file: string): Checkout {
	const checkout = newCheckout();
	writeAtomically(file, format(checkout));
	return checkout;
}
