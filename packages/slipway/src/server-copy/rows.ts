import { pipeline } from 'node:stream/promises';
import type { Sql } from 'postgres';
import type { Table } from './tables.ts';

/** Two sessions, each in the same database of its server. */
export interface Sessions {
	readonly from: Sql;
	readonly to: Sql;
}

/** Copies a table's rows as text: the binary forms contain numbers of types, which differ between servers. */
export async function copyRows({ from, to }: Sessions, table: Table): Promise<void> {
	const list = table.columns.length === 0 ? '' : `(${table.columns.join(', ')})`;
	const source = table.condition === '' ? `${table.name} ${list}` : `(${selectOf(table)})`;
	await copyBetween({ from, to }, source, `${table.name} ${list}`);
}

export async function copyBetween({ from, to }: Sessions, source: string, target: string): Promise<void> {
	const readable = await from.unsafe(`COPY ${source} TO STDOUT`).readable();
	const copy = to.unsafe(`COPY ${target} FROM STDIN`);
	const writable = await copy.writable();
	// postgres.js leaves the stream open if the server refuses the rows after the last one was sent.
	Object.assign(copy, { reject: (error: Error) => writable.destroy(error) });
	await pipeline(readable, writable);
}

export const selectOf = ({ name, columns, condition }: Table) =>
	`SELECT ${columns.join(', ')} FROM ONLY ${name} ${condition}`;
