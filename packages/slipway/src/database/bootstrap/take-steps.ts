import { setTimeout } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { transact } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { quoteIdentifier } from '../../sql.ts';
import type { Change, Step } from './change.ts';

/** Takes all steps or none, and then tells of them: first the admin's, then the owner's. */
export async function takeSteps(
	sql: Sql,
	steps: readonly Step[],
	owner: string,
	tell: (change: Change) => void,
): Promise<void> {
	if (steps.length === 0) return;
	const byAdmin = steps.filter(({ actor }) => actor === 'admin');
	const byOwner = steps.filter(({ actor }) => actor === 'owner');
	await transact(sql, async (transaction) => {
		for (const step of byAdmin) await send(transaction, step);
		if (byOwner.length > 0) await transaction.unsafe(`SET LOCAL ROLE ${quoteIdentifier(owner)}`);
		for (const step of byOwner) await send(transaction, step);
	});
	for (const step of [...byAdmin, ...byOwner]) tell(step);
}

/** A template is in use for as long as an autovacuum or another CREATE DATABASE is at it (55006). */
export async function takeStepAlone(sql: Sql, step: Step, tell: (change: Change) => void): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			await sql.unsafe(step.sql);
			return tell(step);
		} catch (error) {
			if ((error as { code?: unknown }).code !== '55006' || attempt === 3) throw explain(error, step);
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
		`PostgreSQL does not carry out ${sql}: ${error.message}`,
		'Mend the cause and run it again; what was done already is kept.',
		{ cause: error },
	);
}
