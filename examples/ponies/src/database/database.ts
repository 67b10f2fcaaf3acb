import { type GeneratedAlways, Kysely, type LogEvent, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { HandlerRow, OwnerRow, PonyHandlerRow, PonyRow } from './rows.ts';

/** A table whose `id` PostgreSQL assigns. */
type Numbered<Row extends { id: number }> = Omit<Row, 'id'> & { readonly id: GeneratedAlways<number> };

/** The tables of rows.ts, which is generated from the migrations. */
export interface Tables {
	owner: Numbered<OwnerRow>;
	pony: Numbered<PonyRow>;
	handler: Numbered<HandlerRow>;
	pony_handler: PonyHandlerRow;
}

export type Database = Kysely<Tables>;

export function openDatabase(pool: pg.Pool, onQuery: (event: LogEvent) => void = () => {}): Database {
	return new Kysely({ dialect: new PostgresDialect({ pool }), log: onQuery });
}
