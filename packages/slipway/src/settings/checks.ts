import { isIP } from 'node:net';
import { identifierError, maxIdentifierBytes } from '../sql.ts';

/** What is wrong with a value, and how to fix it. */
export interface Problem {
	readonly what: string;
	readonly fix: string;
}
export type Check = (value: string) => Problem | undefined;

export function roleNameProblem(name: string): Problem | undefined {
	if (name.startsWith('pg_') || name === 'public' || name === 'none')
		return {
			what: 'is a role name that PostgreSQL reserves',
			fix: 'Set a name that does not begin with pg_ and is not public or none.',
		};
	return identifierProblem(name);
}

export function databaseNameProblem(name: string): Problem | undefined {
	if (name === 'postgres' || name === 'template0' || name === 'template1')
		return { what: 'is a database that PostgreSQL reserves', fix: 'Set another name.' };
	return identifierProblem(name);
}

function identifierProblem(name: string): Problem | undefined {
	const what = identifierError(name);
	return what === undefined
		? undefined
		: { what, fix: `Set a name of at most ${maxIdentifierBytes} bytes of valid text.` };
}

/** Any length is valid: PostgreSQL has had no limit since 14 (15 and 18 accepted 1,000,000 bytes). */
export function passwordProblem(password: string): Problem | undefined {
	if (password === '')
		return { what: 'is empty', fix: 'Set a password, or unset the variable to use the default.' };
	if (password.includes('\0')) return { what: 'contains a NUL character', fix: 'Set a password without it.' };
	if (!password.isWellFormed())
		return { what: 'is not well-formed Unicode', fix: 'Set a password that is valid text.' };
	return undefined;
}

/** The host of a server: a name, an address, or a directory with a Unix socket. */
export function serverHostProblem(host: string): Problem | undefined {
	if (host.startsWith('/') && !host.includes('\0')) return undefined;
	if (isHost(host)) return undefined;
	return {
		what: 'is not a host name, an address or a socket directory',
		fix: 'Set a name or address without a scheme or port, or a path that begins with /.',
	};
}

/** A list with commas, of which each item has to pass `check`. */
export function listOf(check: Check): Check {
	return (list) =>
		list
			.split(',')
			.map(check)
			.find((problem) => problem !== undefined);
}

/** The host on which the service listens. */
export function listenHostProblem(host: string): Problem | undefined {
	if (isHost(host)) return undefined;
	return {
		what: 'is not a host name or an address',
		fix: 'Set 127.0.0.1 to listen on this machine only, or 0.0.0.0 to listen on all its networks.',
	};
}

function isHost(text: string): boolean {
	return isIP(text) !== 0 || /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(text);
}

const pathPart = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const imageName = new RegExp(
	`^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${pathPart}(?:/${pathPart})*(?::\\w[\\w.-]*)?(?:@sha256:[0-9a-f]{64})?$`,
);

/** An optional registry, a path, and an optional tag or digest (the grammar of the distribution project). */
export function imageProblem(image: string): Problem | undefined {
	if (imageName.test(image)) return undefined;
	return {
		what: 'is not the name of a container image',
		fix: 'Set a name such as postgres:18 or registry.example.com/postgres:18.',
	};
}

export function portProblem(lowest: number): Check {
	return (text) => {
		if (/^(0|[1-9]\d{0,4})$/.test(text) && Number(text) >= lowest && Number(text) <= 65_535) return undefined;
		return { what: 'is not a port number', fix: `Set a whole number from ${lowest} to 65535.` };
	};
}

export function countProblem(text: string): Problem | undefined {
	if (/^(0|[1-9]\d{0,8})$/.test(text)) return undefined;
	return { what: 'is not a number', fix: 'Set a whole number from 0 to 999999999.' };
}

export function choiceProblem(text: string, options: readonly string[]): Problem | undefined {
	if (options.includes(text)) return undefined;
	return { what: `is not one of ${options.join(', ')}`, fix: 'Set one of these values.' };
}

/** What PostgreSQL accepts for `lock_timeout`, a signed 32-bit number of milliseconds. */
export function durationProblem(value: string): Problem | undefined {
	const [, amount, unit = 'ms'] = /^(\d{1,10})(ms|s|min|h|d)?$/.exec(value) ?? [];
	const milliseconds = Number(amount) * (unitLengths[unit] ?? 1);
	if (milliseconds <= 2 ** 31 - 1) return undefined;
	return {
		what: 'is not a duration that PostgreSQL accepts',
		fix: 'Set a whole number with ms, s, min, h or d, such as 3s, up to 24d; 0 means no limit.',
	};
}

const unitLengths: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1000,
	min: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};
