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

/** `X-Accel-Buffering` makes nginx pass on each event at once. */
export const eventStreamHeaders = {
	...commonHeaders,
	'Content-Type': 'text/event-stream',
	'X-Accel-Buffering': 'no',
};

/**
 * A page with its own scripts, styles and forms, and none inline. With the policy `no-referrer`, browsers would send the
 * `Origin` of its forms as `null`.
 */
export const pageHeaders = {
	...htmlHeaders,
	'Content-Security-Policy': [
		"default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self'; style-src 'self'",
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
	].join('; '),
	'Referrer-Policy': 'same-origin',
};
