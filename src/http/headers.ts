/** No response may be cached, sniffed or framed, and none loads anything. */
export const commonHeaders = {
	'Cache-Control': 'no-store',
	'Content-Security-Policy':
		"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff',
};

export const htmlHeaders = { ...commonHeaders, 'Content-Type': 'text/html; charset=utf-8' };
export const jsonHeaders = { ...commonHeaders, 'Content-Type': 'application/json' };
export const problemHeaders = { ...commonHeaders, 'Content-Type': 'application/problem+json' };
