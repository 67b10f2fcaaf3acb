import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { htmlHeaders, problemHeaders } from './headers.ts';
import { renderDocument } from './html.ts';

export interface ProblemDetails {
	/** Shown to the client, so it must not reveal internals. */
	readonly detail?: string;
	/** What is invalid in the request. */
	readonly errors?: readonly InvalidField[];
	readonly headers?: Readonly<Record<string, string>>;
}

export interface InvalidField {
	/** `body`, `param`, `query` or `header`. */
	readonly in: string;
	/** Empty for the whole of it. */
	readonly field: string;
	readonly detail: string;
}

/** An error as HTML if the client prefers that, otherwise as problem details (RFC 9457). */
export function respondWithProblem(
	c: Context,
	status: number,
	{ detail, errors, headers }: ProblemDetails = {},
): Response {
	const title = STATUS_CODES[status] ?? 'Error';
	const request_id = c.get('requestId');
	if (prefersHtml(c)) {
		const explained = detail === undefined ? '' : `<p>${detail}</p>\n`;
		const text = `<h1>${title}</h1>\n${explained}<p>Request: <code>${request_id}</code></p>`;
		return new Response(renderDocument(title, text), { status, headers: { ...htmlHeaders, ...headers } });
	}
	const body = JSON.stringify({ type: 'about:blank', title, status, detail, errors, request_id });
	return new Response(body, { status, headers: { ...problemHeaders, ...headers } });
}

const html = ['text/html', 'application/xhtml+xml'];
const json = ['application/problem+json', 'application/json'];

function prefersHtml(c: Context): boolean {
	return html.includes(accepts(c, { header: 'Accept', supports: [...json, ...html], default: '' }));
}
