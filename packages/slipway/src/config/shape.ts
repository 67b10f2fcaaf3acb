import { inspect } from 'node:util';

/** A kind of value, and how to check for it. */
export interface Kind {
	/** Completes "must be …". */
	readonly name: string;
	readonly fits: (value: unknown) => boolean;
	/** The fields of an object. */
	readonly shape?: Shape<object> | ((value: object) => Shape<object>);
	/** Messages must not show the value. */
	readonly secret?: true;
}

/** A kind for each field of `T`. The compiler reports a forgotten one. */
export type Shape<T> = Readonly<Record<keyof T, Kind>>;

const isString = (value: unknown) => typeof value === 'string' && value !== '';
const isLink = (value: unknown) => isString(value) && URL.canParse(String(value), 'http://localhost');
const isStrings = (value: unknown) => Array.isArray(value) && value.every(isString);

/** Whether `value` is a plain object, of any realm: no array, promise, map or other class. */
export function isObject(value: unknown): value is object {
	if (typeof value !== 'object' || value === null) return false;
	const prototype = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export const boolean: Kind = { name: 'true or false', fits: (value) => typeof value === 'boolean' };
export const port: Kind = {
	name: 'a port from 1 to 65535',
	fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
};
export const string: Kind = { name: 'a string', fits: isString };
export const stringOrFalse: Kind = {
	name: 'a string or false',
	fits: (value) => isString(value) || value === false,
};
export const stringOrStrings: Kind = {
	name: 'a string or an array of strings',
	fits: (value) => isString(value) || isStrings(value),
};
export const stringRecord: Kind = {
	name: 'an object with string values',
	fits: (value) => isObject(value) && Object.values(value).every((each) => typeof each === 'string'),
};
export const links: Kind = {
	name: "an object with paths or URLs, such as { 'API docs': '/docs' }",
	fits: (value) => isObject(value) && Object.values(value).every(isLink),
};
export const secretString: Kind = { ...string, secret: true };
export const secretObject: Kind = { name: 'an object', fits: isObject, secret: true };

export function strings(example: string): Kind {
	return { name: `an array of strings, such as ${example}`, fits: isStrings };
}

export function oneOf(values: readonly (string | number)[]): Kind {
	return { name: `one of ${values.join(', ')}`, fits: (value) => values.includes(value as string | number) };
}

export function objectOf<T extends object>(shape: Shape<T>): Kind {
	return { name: `an object with ${Object.keys(shape).join(', ')}`, fits: isObject, shape };
}

/** One of `values`, or what `kind` describes. */
export function valueOr(values: readonly unknown[], kind: Kind): Kind {
	const names = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
	return {
		...kind,
		name: `${names.join(', ')} or ${kind.name}`,
		fits: (value) => values.includes(value) || kind.fits(value),
	};
}

/** What is wrong with the fields of `value`: unknown names and values of the wrong kind, one sentence each. */
export function problemsOf(value: object, shape: Shape<object>, path = ''): string[] {
	const kinds: Readonly<Record<string, Kind>> = shape;
	return Object.entries(value).flatMap(([key, field]) => {
		const name = `${path}${key}`;
		const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
		if (kind === undefined) return [unknownField(name, key, Object.keys(kinds))];
		if (field === undefined) return [];
		if (!kind.fits(field)) return [wrongKind(name, field, kind)];
		if (kind.shape === undefined || !isObject(field)) return [];
		const shape = typeof kind.shape === 'function' ? kind.shape(field) : kind.shape;
		return problemsOf(field, shape, `${name}.`);
	});
}

function unknownField(name: string, key: string, known: readonly string[]): string {
	const nearest = known.toSorted((a, b) => distance(key, a) - distance(key, b))[0];
	if (nearest !== undefined && distance(key, nearest) <= Math.max(1, key.length / 3))
		return `there is no "${name}"; did you mean "${nearest}"?`;
	return `there is no "${name}"; the fields are ${known.join(', ')}`;
}

function wrongKind(name: string, value: unknown, kind: Kind): string {
	return kind.secret
		? `"${name}" must be ${kind.name}`
		: `"${name}" is ${show(value)}, but must be ${kind.name}`;
}

export function show(value: unknown): string {
	return inspect(value, { depth: 1, breakLength: Infinity });
}

/** How many letters have to be added, removed or replaced to turn `a` into `b` (Levenshtein distance). */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (const [i, letter] of [...a].entries()) {
		const next = [i + 1];
		for (const [j, other] of [...b].entries()) {
			const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
			next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
		}
		row = next;
	}
	return row.at(-1) ?? 0;
}
