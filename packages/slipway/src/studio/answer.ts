import { hasCode } from '../errors.ts';
import type { Statement, Statements } from './statements.ts';

/** What Prisma Studio sends (`StudioBFFRequest`); the procedures that it needs for PostgreSQL. */
export type Question =
	| { readonly procedure: 'query'; readonly query: Statement; readonly schema?: string }
	| { readonly procedure: 'transaction'; readonly queries: readonly Statement[] };

/** What it expects: an error, or none and the result. */
export type Answer =
	| readonly [{ readonly name: string; readonly message: string }]
	| readonly [null, unknown];

/** Answers a question of the page. `commandToWrite` starts studio so that it can write. */
export async function answer(
	question: Question,
	statements: Statements,
	commandToWrite: string,
): Promise<Answer> {
	try {
		return [null, await resultOf(question, statements)];
	} catch (error) {
		const { name, message } = error instanceof Error ? error : new Error(String(error));
		const isReadOnly = hasCode(error, readOnlyTransaction);
		return [
			{ name, message: isReadOnly ? `${message}. To write, restart with: ${commandToWrite}` : message },
		];
	}
}

const readOnlyTransaction = '25006';

async function resultOf(question: Question, statements: Statements): Promise<unknown> {
	if (question.procedure === 'query') return await statements.run(question.query, question.schema);
	return await statements.runAll(question.queries);
}

/** `undefined` if `text` is no question. */
export function parseQuestion(text: string): Question | undefined {
	const { procedure, query, queries, schema } = parseObject(text);
	if (procedure === 'query' && isStatement(query) && isOptionalText(schema))
		return { procedure, query, ...(schema && { schema }) };
	if (procedure === 'transaction' && Array.isArray(queries) && queries.every(isStatement))
		return { procedure, queries };
	return undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(text));
	} catch {
		return {};
	}
}

const isOptionalText = (value: unknown): value is string | undefined =>
	value === undefined || typeof value === 'string';

function isStatement(value: unknown): value is Statement {
	const { sql, parameters } = Object(value);
	return typeof sql === 'string' && Array.isArray(parameters);
}
