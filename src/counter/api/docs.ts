import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';
import { renderDocument } from '../../http/html.ts';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;
type Operation = NonNullable<NonNullable<NonNullable<Document['paths']>[string]>['get']>;

/** The document as an HTML page, which loads nothing. */
export function renderDocs({ info, paths = {}, components = {} }: Document): string {
	const operations = Object.entries(paths).flatMap(([path, item]) =>
		Object.entries(item).map(([method, operation]) => renderOperation(method, path, operation as Operation)),
	);
	const schemas = Object.entries(components.schemas ?? {}).map(
		([name, schema]) => html`<h3 id="${name}">${name}</h3>
<pre>${JSON.stringify(schema, undefined, 2)}</pre>
`,
	);
	const title = `${info.title}: API`;
	const body = html`<h1>${title}</h1>
<p>${info.description} This page is made from <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${operations}<h2>Schemas</h2>
${schemas}`;
	return renderDocument(title, String(body));
}

function renderOperation(method: string, path: string, operation: Operation) {
	const { summary, description, parameters = [], requestBody, responses = {} } = operation;
	const sent = parameters.flatMap((each) =>
		'in' in each ? [[each.name, each.in, each.required, each.description] as const] : [],
	);
	return html`<h2><code>${method.toUpperCase()} ${path}</code></h2>
<p>${summary}.${description && ` ${description}`}</p>
<ul>
${sent.map(
	([
		name,
		place,
		required,
		text,
	]) => html`<li><code>${name}</code> (${place}${required ? '' : ', optional'}) ${text}</li>
`,
)}${
	requestBody &&
	html`<li>body (optional): ${linksToSchemas(requestBody)}</li>
`
}</ul>
<table>
<tr><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Body</th></tr>
${Object.entries(responses).map(
	([
		status,
		response,
	]) => html`<tr><td>${status}</td><td>${response.description}</td><td>${linksToSchemas(response)}</td></tr>
`,
)}</table>
`;
}

/** Links to the schemas that a part of the document refers to. */
function linksToSchemas(part: object) {
	const names = [...JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
	return names.map((name) => html`<a href="#${name}">${name}</a>`);
}
