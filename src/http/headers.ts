/** No response may be cached, sniffed or framed, and none loads anything. */
const common = {
	'Cache-Control': 'no-store',
	'Content-Security-Policy':
		"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff',
};

export const htmlHeaders = { ...common, 'Content-Type': 'text/html; charset=utf-8' };
export const jsonHeaders = { ...common, 'Content-Type': 'application/json' };
export const problemHeaders = { ...common, 'Content-Type': 'application/problem+json' };
