import type { Sql } from 'postgres';
import { formatArray, parseArray } from './array-text.ts';
import { builtinArrays } from './builtin-arrays.ts';

/** An array type and its element type, by OID. */
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
 * Makes `client` read and write arrays of the built-in types and of `types`. On its own, postgres.js would query the
 * server for them after each login, and a failure of that query cannot be caught.
 */
export function registerArrays(client: Sql, types: readonly ArrayType[] = []): void {
	for (const type of [...builtins, ...types]) registerArray(client.options as unknown as Options, type);
}

/** Options that the types of postgres.js leave out. */
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

/** The value without the type that `sql.typed` and others wrap around it. */
function unwrap(item: unknown): unknown {
	const typed = item as { readonly type?: unknown; readonly value?: unknown };
	return typeof item === 'object' && item !== null && typed.type ? typed.value : item;
}

const undefinedValue = () =>
	Object.assign(new Error('Undefined values are not allowed'), { code: 'UNDEFINED_VALUE' });

/** The lowest OID of objects that users create. */
const firstNormalObjectId = 16_384;

/**
 * Makes `sql` read and write arrays of all types that its database has now: enums, domains, composite types and those of
 * extensions, besides the built-in ones. Returns these types, for other clients of the same database or a clone of it.
 */
export async function learnArrays(sql: Sql): Promise<readonly ArrayType[]> {
	const rows = await sql.unsafe<[ArrayType]>(`
		SELECT oid AS element, typarray AS array, typdelim AS delimiter
		FROM pg_catalog.pg_type WHERE typarray <> 0 AND oid >= ${firstNormalObjectId}`);
	const types = rows.map(({ element, array, delimiter }) => ({ element, array, delimiter }));
	registerArrays(sql, types);
	return types;
}
