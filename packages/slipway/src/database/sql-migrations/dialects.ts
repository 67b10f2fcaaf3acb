import type { Direction } from '../migrations/markers.ts';
import { readMarker } from '../migrations/markers.ts';

/** What a line of a file says to the tool that the file was written for. */
export interface Directive {
	/** The section that starts after the line. */
	readonly direction?: Direction;
	/** Whether the file, or the section if it starts one, runs outside a transaction. */
	readonly noTransaction?: boolean;
	/** Why the line cannot be followed here, or not even by the tool. */
	readonly problem?: string;
}

/** How a tool marks the part of a file that applies the migration. */
export interface Dialect {
	readonly tool: string;
	/** Matches a directive's line. Its first group is what `read` gets. */
	readonly line: RegExp;
	read(words: string): Directive;
	/** Whether statements before the first section are an error, rather than ignored. */
	readonly strict: boolean;
	/** How to write that a migration runs outside a transaction. */
	readonly noTransaction: string;
}

/** By the rules in dbmate's pkg/dbmate/migration.go. */
const dbmate: Dialect = {
	tool: 'dbmate',
	line: /^--[^\S\n]*migrate:((?:up|down)(?:[^\S\n]+\S.*|[^\S\n]*))$/gm,
	read(words) {
		const [direction, ...options] = words.trim().split(/\s+/);
		return {
			direction: direction === 'down' ? 'down' : 'up',
			noTransaction: options.findLast((option) => option.startsWith('transaction:')) === 'transaction:false',
		};
	},
	strict: true,
	noTransaction: '-- migrate:up transaction:false',
};

/** By the rules in goose's internal/sqlparser/parser.go. */
const goose: Dialect = {
	tool: 'goose',
	line: /^--.*?\+goose\b(.*)$/gm,
	read(words) {
		const annotation = words.trim().toUpperCase();
		if (annotation === 'UP') return { direction: 'up' };
		if (annotation === 'DOWN') return { direction: 'down' };
		if (annotation === 'NO TRANSACTION') return { noTransaction: true };
		if (['STATEMENTBEGIN', 'STATEMENTEND', 'ENVSUB OFF'].includes(annotation)) return {};
		if (annotation === 'ENVSUB ON')
			return {
				problem:
					'goose would put values of environment variables in here, which are not the same on every machine: write them into the file, or let goose apply the migrations: { command: … , inputs: [ … ] }',
			};
		return { problem: 'goose knows no such annotation' };
	},
	strict: true,
	noTransaction: '-- +goose NO TRANSACTION',
};

/** By the rules in sql-migrate's sqlparse/sqlparse.go. */
const sqlMigrate: Dialect = {
	tool: 'sql-migrate',
	line: /^-- \+migrate (.*)$/gm,
	read(words) {
		const [command, ...options] = words.trim().split(/\s+/);
		const noTransaction = options.includes('notransaction');
		if (command === 'Up') return { direction: 'up', noTransaction };
		return command === 'Down' ? { direction: 'down', noTransaction } : {};
	},
	strict: false,
	noTransaction: '-- +migrate Up notransaction',
};

const nodePgMigrate: Dialect = {
	tool: 'node-pg-migrate',
	line: /^[^\S\n]*(--[ \t-]*(?:up|down)[ \t]+migration\b.*)$/gim,
	read(comment) {
		const { direction, remark } = readMarker(comment) ?? { direction: 'up' as const, remark: '' };
		return { direction, noTransaction: remark === 'no transaction' };
	},
	strict: true,
	noTransaction: '-- Up Migration, no transaction',
};

const dialects: readonly Dialect[] = [dbmate, goose, sqlMigrate, nodePgMigrate];

/** The dialect whose sections `text` has. */
export function dialectOf(text: string): Dialect | undefined {
	return dialects.find((dialect) =>
		Array.from(text.matchAll(dialect.line)).some(([, words = '']) => dialect.read(words).direction),
	);
}
