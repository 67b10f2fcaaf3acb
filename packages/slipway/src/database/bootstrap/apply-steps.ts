import { setTimeout } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { transact } from '../../connection/index.ts';
import { hasCode, SlipwayError } from '../../errors.ts';
import { quoteIdentifier } from '../../sql.ts';
import type { Change, Step } from './change.ts';

/** Runs the steps in one transaction, the admin's first, then the owner's, and then reports them. */
export async function applySteps(
	sql: Sql,
	steps: readonly Step[],
	owner: string,
	onChange: (change: Change) => void,
): Promise<void> {
	if (steps.length === 0) return;
	const byAdmin = steps.filter(({ actor }) => actor === 'admin');
	const byOwner = steps.filter(({ actor }) => actor === 'owner');
	await transact(sql, async (transaction) => {
		for (const step of byAdmin) await send(transaction, step);
		if (byOwner.length > 0) await transaction.unsafe(`SET LOCAL ROLE ${quoteIdentifier(owner)}`);
		for (const step of byOwner) await send(transaction, step);
	});
	for (const step of [...byAdmin, ...byOwner]) onChange(step);
}

const objectInUse = '55006';

/** Outside a transaction. A template is briefly in use during an autovacuum or another CREATE DATABASE. */
export async function applyStepAlone(
	sql: Sql,
	step: Step,
	onChange: (change: Change) => void,
): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			await sql.unsafe(step.sql);
			return onChange(step);
		} catch (error) {
			if (!hasCode(error, objectInUse) || attempt === 3) throw explain(error, step);
			await setTimeout(100 * attempt);
		}
	}
}

async function send(sql: Pick<Sql, 'unsafe'>, step: Step): Promise<void> {
	try {
		await sql.unsafe(step.secretSql ?? step.sql);
	} catch (error) {
		throw explain(error, step);
	}
}

function explain(error: unknown, { sql }: Change): unknown {
	if (!(error instanceof Error)) return error;
	return new SlipwayError(
		'bootstrap-failed',
		`PostgreSQL rejected ${sql}: ${error.message}`,
		'Fix the cause and run it again; changes already made are kept.',
		{ cause: error },
	);
}
