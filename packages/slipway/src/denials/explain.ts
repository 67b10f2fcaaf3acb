import { hintForDenial } from './hints.ts';
import type { LoggedDenial } from './log.ts';

/**
 * The right that the app's role `role` lacks, if that is what `error` is about: its own message, or that of an
 * error in it, as clients and libraries wrap them. Works on errors that were sent from another process. `log`
 * has the statements of errors that have none.
 */
export function explainDenied(
	error: unknown,
	role: string,
	log: readonly LoggedDenial[] = [],
): string | undefined {
	const chain = errorsIn(error);
	const reported = chain.map(statementOf).find((text) => text !== undefined);
	for (const { message } of chain) {
		if (typeof message !== 'string') continue;
		const statement = reported ?? log.find((denial) => message.includes(denial.message))?.statement;
		const hint = hintForDenial({ message, statement, role });
		if (hint !== undefined) return hint;
	}
	return undefined;
}

type Unknown = Readonly<Record<string, unknown>>;

/** Where clients keep the error that they wrap: Drizzle and Prisma, Sequelize, TypeORM, AggregateError. */
const wrapped = [
	'cause',
	'original',
	'parent',
	'driverError',
	'meta',
	'driverAdapterError',
	'errors',
] as const;

function errorsIn(error: unknown, depth = 0): Unknown[] {
	if (typeof error !== 'object' || error === null || depth > 5) return [];
	const each = error as Unknown;
	return [
		each,
		...wrapped.flatMap((name) => [each[name]].flat().flatMap((inner) => errorsIn(inner, depth + 1))),
	];
}

/** postgres.js, Drizzle and TypeORM have it as `query`, Sequelize as `sql`; Knex puts it before the message. */
function statementOf({ query, sql, message }: Unknown): string | undefined {
	for (const text of [query, sql]) if (typeof text === 'string') return text;
	return typeof message === 'string'
		? /^(.+) - (?:permission denied|must be owner)/s.exec(message)?.[1]
		: undefined;
}
