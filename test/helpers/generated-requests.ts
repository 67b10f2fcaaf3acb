import fc from 'fast-check';

/** The parts of an OpenAPI 3.1 document that requests are made from. */
export interface ApiDocument {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
	readonly parameters?: readonly {
		readonly name: string;
		readonly in: string;
		readonly required?: boolean;
		readonly schema: Schema;
	}[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
	readonly responses: Readonly<
		Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
	>;
}

interface Schema {
	readonly $ref?: string;
	readonly type?: string;
	readonly pattern?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
}

export interface GeneratedRequest {
	readonly operation: Operation;
	readonly method: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | undefined;
	/** Whether it is as the document says. If not, it differs in one or more places. */
	readonly valid: boolean;
}

/** A value of a request, fit for the document or not. */
interface Value {
	readonly value: unknown;
	readonly valid: boolean;
}

/** Requests to every operation of the document, some of which break it. */
export function requestsTo(document: ApiDocument): fc.Arbitrary<GeneratedRequest> {
	const operations = Object.entries(document.paths).flatMap(([path, item]) =>
		Object.entries(item).map(([method, operation]) => requestsToOperation(document, path, method, operation)),
	);
	return fc.oneof(...operations);
}

function requestsToOperation(
	document: ApiDocument,
	path: string,
	method: string,
	operation: Operation,
): fc.Arbitrary<GeneratedRequest> {
	const { parameters = [], requestBody } = operation;
	const values = parameters.map(({ required, schema, in: place }) => {
		const value = valuesOf(document, schema, place);
		return required ? value : fc.option(value, { nil: undefined });
	});
	const body = requestBody?.content['application/json'];
	return fc
		.record({
			values: fc.tuple(...values),
			body: body ? fc.option(bodiesOf(document, body.schema), { nil: undefined }) : fc.constant(undefined),
		})
		.map(({ values, body }) => {
			const sent = parameters.flatMap((parameter, index) => {
				const value = values[index];
				return value === undefined ? [] : [{ ...parameter, ...value }];
			});
			const inPlace = (place: string) =>
				sent.filter((each) => each.in === place).map(({ name, value }) => [name, String(value)] as const);
			const filled = inPlace('path').reduce(
				(url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value)),
				path,
			);
			const query = new URLSearchParams(Object.fromEntries(inPlace('query')));
			return {
				operation,
				method: method.toUpperCase(),
				url: `${filled}?${query}`,
				headers: {
					...Object.fromEntries(inPlace('header')),
					...(body && { 'content-type': 'application/json' }),
				},
				body: body && String(body.value),
				valid: sent.every(({ valid }) => valid) && (body?.valid ?? true),
			};
		});
}

function bodiesOf(document: ApiDocument, schema: Schema): fc.Arbitrary<Value> {
	const malformed = fc.constantFrom('', '{', 'null', '[]', '7').map((value) => ({ value, valid: false }));
	const object = valuesOf(document, schema).map(({ value, valid }) => ({
		value: JSON.stringify(value),
		valid,
	}));
	return fc.oneof({ weight: 3, arbitrary: object }, { weight: 1, arbitrary: malformed });
}

function valuesOf(document: ApiDocument, schema: Schema, place = 'body'): fc.Arbitrary<Value> {
	if (schema.$ref !== undefined) return valuesOf(document, resolve(document, schema.$ref));
	const fit = fittingValues(document, schema);
	const unfit = unfitValues(schema, place);
	return fc.oneof(
		{ weight: 3, arbitrary: fit },
		...(unfit ? [{ weight: 1, arbitrary: unfit.map((value) => ({ value, valid: false })) }] : []),
	);
}

function fittingValues(document: ApiDocument, schema: Schema): fc.Arbitrary<Value> {
	const valid = true;
	switch (schema.type) {
		case 'string':
			return fc
				.stringMatching(new RegExp(schema.pattern ?? '^[!-~]{1,20}$'))
				.map((value) => ({ value, valid }));
		case 'integer':
			return fc
				.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 })
				.map((value) => ({ value, valid }));
		case 'object':
			return objectsOf(document, schema);
		default:
			throw new Error(`no requests can be made from a schema of type ${schema.type}`);
	}
}

function objectsOf(document: ApiDocument, { properties = {}, required = [] }: Schema): fc.Arbitrary<Value> {
	const values = Object.fromEntries(
		Object.entries(properties).map(([name, schema]) => [name, valuesOf(document, schema)]),
	);
	return fc.record(values, { requiredKeys: [...required] }).map((object) => {
		const entries = Object.entries(object as Record<string, Value>);
		return {
			value: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
			valid: entries.every(([, { valid }]) => valid),
		};
	});
}

function unfitValues(
	{ type, pattern, minimum = 0, maximum }: Schema,
	place: string,
): fc.Arbitrary<unknown> | undefined {
	if (type === 'integer') {
		const beyond = maximum === undefined ? [] : [maximum + 1];
		return fc.constantFrom<unknown>(minimum - 1, 1.5, 'many', ...beyond);
	}
	if (type === 'object') return fc.constant({ unknown: 1 });
	if (pattern === undefined) return undefined;
	const text = fc.string({ unit: 'grapheme-ascii' }).filter((value) => !new RegExp(pattern).test(value));
	// An empty segment, "." and ".." make another path. Spaces around the value of a header are not part of it.
	if (place === 'path') return text.filter((value) => !/^\.{0,2}$/.test(value));
	return place === 'header' ? text.filter((value) => value === value.trim()) : text;
}

function resolve(document: ApiDocument, reference: string): Schema {
	const schema = document.components.schemas[reference.replace('#/components/schemas/', '')];
	if (schema === undefined) throw new Error(`the document has no ${reference}`);
	return schema;
}
