import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
	readonly status: 401 | 403;
	readonly message: string;
}

/** A page of another site can send requests here: under its own name that it points to 127.0.0.1, or from its origin. */
export function refuseForeign({ headers, method }: IncomingMessage): Refusal | undefined {
	const { host = '', origin } = headers;
	if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host))
		return { status: 403, message: `The host "${host}" is neither 127.0.0.1 nor localhost.` };
	if (method !== 'GET' && origin !== `http://${host}`)
		return { status: 403, message: `The request comes from another origin: ${origin ?? 'none'}.` };
	return undefined;
}

/** Other programs and users of this machine can connect, but do not know the token. */
export function refuseWithout(token: string, candidate: string | undefined | null): Refusal | undefined {
	if (candidate && isSame(candidate, token)) return undefined;
	return { status: 401, message: 'Open the address that slipway studio printed: it contains a token.' };
}

function isSame(candidate: string, token: string): boolean {
	const [left, right] = [Buffer.from(candidate), Buffer.from(token)];
	return left.length === right.length && timingSafeEqual(left, right);
}

export function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
	const cookies = (headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
	return cookies.find(([key]) => key === name)?.[1];
}
