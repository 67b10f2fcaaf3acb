import type { Sql } from 'postgres';
import { formatArray, parseArray } from './array-text.ts';
import { builtinArrays } from './builtin-arrays.ts';

/** The type of the arrays of another type, by OID. */
export interface ArrayType {
	readonly element: number;
	readonly array: number;
	readonly delimiter: string;
}

const boxArray = 1020;
const builtins = builtinArrays.map(([element, array]) => ({
	element,
	array,
	delimiter: array === boxArray ? ';' : ',',
}));

/**
 * Has `client` read and write arrays of PostgreSQL's own types, and of `types`. postgres.js by itself would ask the server
 * for all of them after each login, with a query whose failure nobody can catch.
 */
export function registerArrays(client: Sql, types: readonly ArrayType[] = []): void {
	for (const type of [...builtins, ...types]) registerArray(client.options as unknown as Options, type);
}

/** What the types of postgres.js do not know of. */
interface Options {
	readonly parsers: Record<number, (text: string) => unknown>;
	readonly serializers: Record<number, (value: unknown) => unknown>;
	readonly shared: { readonly typeArrayMap: Record<number, number> };
	readonly transform: { readonly undefined: unknown };
}

function registerArray(options: Options, { element, array, delimiter }: ArrayType): void {
	const { parsers, serializers, shared, transform } = options;
	const parse = parsers[element] ?? String;
	const serialize = (item: unknown): string => {
		const value = item === undefined ? transform.undefined : unwrap(item);
		if (value === undefined) throw undefinedValue();
		return String((serializers[element] ?? String)(value));
	};
	shared.typeArrayMap[element] = array;
	parsers[array] = (text) => parseArray(text, { delimiter, element: parse });
	serializers[array] = (value) => formatArray(value, { delimiter, element: serialize });
}

/** Without the type that `sql.typed` and the like put beside it. */
function unwrap(item: unknown): unknown {
	const typed = item as { readonly type?: unknown; readonly value?: unknown };
	return typeof item === 'object' && item !== null && typed.type ? typed.value : item;
}

const undefinedValue = () =>
	Object.assign(new Error('Undefined values are not allowed'), { code: 'UNDEFINED_VALUE' });

/** The lowest OID of what users make. */
const firstNormalObjectId = 16_384;

/**
 * Has `sql` read and write arrays of the types that its database has now besides PostgreSQL's own: enums, domains,
 * composite types and those of extensions. Returns these, for other clients of the same database or a clone of it.
 */
export async function learnArrays(sql: Sql): Promise<readonly ArrayType[]> {
	const rows = await sql.unsafe<[ArrayType]>(`
		SELECT oid AS element, typarray AS array, typdelim AS delimiter
		FROM pg_catalog.pg_type WHERE typarray <> 0 AND oid >= ${firstNormalObjectId}`);
	const types = rows.map(({ element, array, delimiter }) => ({ element, array, delimiter }));
	registerArrays(sql, types);
	return types;
}
