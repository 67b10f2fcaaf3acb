import { SlipwayError } from '../../errors.ts';
import type { Column } from './columns.ts';

const heading = `// Generated from the migrated database by \`slipway migrate types\`: the rows as openClient returns them.
// Do not edit: change the schema and generate it again.
`;

/**
 * A module with an interface for each table, such as `CounterRow`. Throws `row-types-collide` if two would
 * share a name.
 */
export function renderRowTypes(columns: readonly Column[]): string {
	const byTable = Map.groupBy(columns, ({ schema, table }) => JSON.stringify([schema, table]));
	const tables = Array.from(byTable.values());
	refuseCollisions(tables);
	return [heading, ...tables.map(toInterface)].join('\n');
}

function toInterface(columns: readonly Column[]): string {
	const lines = columns.map((column) => `\treadonly ${toKey(column.name)}: ${toType(column)};\n`);
	return `export interface ${nameOf(columns)} {\n${lines.join('')}}\n`;
}

/** What postgres.js converts PostgreSQL's types to; all others, such as bigint, stay strings. */
const types: Readonly<Record<string, string>> = {
	...Object.fromEntries(['int2', 'int4', 'oid', 'float4', 'float8'].map((type) => [type, 'number'])),
	...Object.fromEntries(['date', 'timestamp', 'timestamptz'].map((type) => [type, 'Date'])),
	...Object.fromEntries(['json', 'jsonb'].map((type) => [type, 'unknown'])),
	bool: 'boolean',
	bytea: 'Buffer',
};

/** PostgreSQL does not know whether an array contains NULLs or has several dimensions; most do neither. */
function toType({ type, isArray, labels, notNull }: Column): string {
	const one = labels === null ? (types[type] ?? 'string') : labels.map(toText).join(' | ') || 'never';
	const plain = !isArray ? one : one.includes(' | ') ? `(${one})[]` : `${one}[]`;
	return notNull || plain === 'unknown' ? plain : `${plain} | null`;
}

function nameOf([first]: readonly Column[]): string {
	const { schema = '', table = '' } = first ?? {};
	const words = [...(schema === 'public' ? [] : [schema]), table].join('_').split(/[^\p{L}\p{N}]+/u);
	const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
	return `${/^\p{N}|^$/u.test(name) ? 'Table' : ''}${name}Row`;
}

function refuseCollisions(tables: readonly (readonly Column[])[]): void {
	for (const [name, own] of Map.groupBy(tables, nameOf)) {
		if (own.length === 1) continue;
		const colliding = own.flatMap(([first]) => (first ? toText(`${first.schema}.${first.table}`) : []));
		throw new SlipwayError(
			'row-types-collide',
			`the tables ${colliding.join(' and ')} would both be ${name} in TypeScript`,
			'Rename one of them. Only letters and digits count; any other character separates words.',
		);
	}
}

function toKey(name: string): string {
	return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : toText(name);
}

function toText(value: string): string {
	const text = JSON.stringify(value);
	return value.includes("'") ? text : `'${text.slice(1, -1).replaceAll('\\"', '"')}'`;
}
