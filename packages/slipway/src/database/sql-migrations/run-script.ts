import type { Client } from 'pg';
import { endsTransaction, firstTokens, type Statement } from '../migrations/statements.ts';
import { explainStatement } from '../sql-file.ts';
import { refusesTransaction } from './outside-transaction.ts';
import type { SqlScript } from './script.ts';
import type { Block } from './sections.ts';

/**
 * Runs the statements of a file, and `record` in the same transaction as the last of them, as far as the file
 * allows. Rejects with a `StatementError`, which has their place, or the error of `record` or a COMMIT.
 */
export async function runScript(
	client: Client,
	{ migration, blocks }: SqlScript,
	record: string,
): Promise<void> {
	const run: Run = {
		send: (text) => client.query(text),
		sendStatement: (statement) =>
			client.query(statement.text).catch((error: Error) => {
				throw explainStatement(error, migration, statement);
			}),
		isOpen: () => client.getTransactionStatus() === 'T',
	};
	for (const [index, block] of blocks.entries())
		await runBlock(run, block, index === blocks.length - 1 ? record : undefined);
	if (blocks.length === 0) await run.send(record);
}

interface Run {
	readonly send: (text: string) => Promise<unknown>;
	readonly sendStatement: (statement: Statement) => Promise<unknown>;
	/** Whether a transaction is open. */
	readonly isOpen: () => boolean;
}

async function runBlock(run: Run, block: Block, record: string | undefined): Promise<void> {
	if (block.inTransaction) return await runInTransaction(run, block, record);
	for (const statement of block.statements) await run.sendStatement(statement);
	if (run.isOpen()) await run.send('COMMIT');
	if (record !== undefined) await run.send(record);
}

/**
 * Statements may begin and end transactions of their own. Between these, all run in one of ours, except for
 * one that would fail there: it runs alone, as in psql.
 */
async function runInTransaction(run: Run, { statements }: Block, record: string | undefined): Promise<void> {
	const hasOwn = statements.some(({ text }) => endsTransaction(text));
	const block = new OwnTransaction(run);
	let left = record;
	for (const [index, statement] of statements.entries()) {
		const isLast = index === statements.length - 1;
		if (endsTransaction(statement.text) || (hasOwn && refusesTransaction(statement.text)))
			await block.close();
		else await block.open();
		if (left !== undefined && isLast && run.isOpen() && commits(statement)) {
			await run.send(left);
			left = undefined;
		}
		await run.sendStatement(statement);
	}
	if (left !== undefined) {
		await block.open();
		await run.send(left);
	}
	// Also one that the file began and did not end.
	if (run.isOpen()) await run.send('COMMIT');
}

/** Begins a transaction where the file has none, and ends no other. */
class OwnTransaction {
	readonly #run: Run;
	#isOpen = false;

	constructor(run: Run) {
		this.#run = run;
	}

	async open(): Promise<void> {
		if (this.#run.isOpen()) return;
		await this.#run.send('BEGIN');
		this.#isOpen = true;
	}

	async close(): Promise<void> {
		if (this.#isOpen) await this.#run.send('COMMIT');
		this.#isOpen = false;
	}
}

function commits({ text }: Statement): boolean {
	return ['commit', 'end'].includes(firstTokens(text, 1)[0]?.toLowerCase() ?? '');
}
