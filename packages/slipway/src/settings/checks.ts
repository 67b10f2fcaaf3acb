import { isIP } from 'node:net';
import { identifierError, maxIdentifierBytes } from '../sql.ts';

/** What is wrong with a value, and what to do about it. */
export interface Problem {
	readonly what: string;
	readonly mend: string;
}
export type Check = (value: string) => Problem | undefined;

export function roleNameProblem(name: string): Problem | undefined {
	if (name.startsWith('pg_') || name === 'public' || name === 'none')
		return {
			what: 'is a role name that PostgreSQL reserves',
			mend: 'Set a name that does not begin with pg_ and is neither public nor none.',
		};
	return identifierProblem(name);
}

export function databaseNameProblem(name: string): Problem | undefined {
	if (name === 'postgres' || name === 'template0' || name === 'template1')
		return { what: 'is a database that PostgreSQL needs itself', mend: 'Set another name.' };
	return identifierProblem(name);
}

function identifierProblem(name: string): Problem | undefined {
	const what = identifierError(name);
	return what === undefined
		? undefined
		: { what, mend: `Set a name of at most ${maxIdentifierBytes} bytes of valid text.` };
}

/** Any length will do: PostgreSQL has had no limit since 14 (15 and 18 took 1,000,000 bytes). */
export function passwordProblem(password: string): Problem | undefined {
	if (password === '') return { what: 'is empty', mend: 'Set a password, or unset it for the default.' };
	if (password.includes('\0'))
		return { what: 'contains a NUL character', mend: 'Set a password without it.' };
	if (!password.isWellFormed())
		return { what: 'is not well-formed Unicode', mend: 'Set a password that is valid text.' };
	return undefined;
}

/** For where a server is looked for: a name, an address, or a directory with a Unix socket. */
export function serverHostProblem(host: string): Problem | undefined {
	if (host.startsWith('/') && !host.includes('\0')) return undefined;
	if (isHost(host)) return undefined;
	return {
		what: 'is not a host name, an address or the directory of a socket',
		mend: 'Set the bare name or address, without scheme and port, or a path that begins with /.',
	};
}

/** For where the service listens. */
export function listenHostProblem(host: string): Problem | undefined {
	if (isHost(host)) return undefined;
	return {
		what: 'is not a host name or an address',
		mend: 'Set 127.0.0.1 for this machine only, or 0.0.0.0 for every network that it is in.',
	};
}

function isHost(text: string): boolean {
	return isIP(text) !== 0 || /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(text);
}

const pathPart = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const imageName = new RegExp(
	`^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${pathPart}(?:/${pathPart})*(?::\\w[\\w.-]*)?(?:@sha256:[0-9a-f]{64})?$`,
);

/** A registry where it is not Docker's, a path, and a tag or digest (the grammar of the distribution project). */
export function imageProblem(image: string): Problem | undefined {
	if (imageName.test(image)) return undefined;
	return {
		what: 'is not the name of a container image',
		mend: 'Set one such as postgres:18 or registry.example.com/postgres:18.',
	};
}

export function portProblem(lowest: number): Check {
	return (text) => {
		if (/^(0|[1-9]\d{0,4})$/.test(text) && Number(text) >= lowest && Number(text) <= 65_535) return undefined;
		return { what: 'is not a port number', mend: `Set a whole number from ${lowest} to 65535.` };
	};
}

export function choiceProblem(text: string, options: readonly string[]): Problem | undefined {
	if (options.includes(text)) return undefined;
	return { what: `is not one of ${options.join(', ')}`, mend: 'Set one of these.' };
}

/** As PostgreSQL reads `lock_timeout`; it counts in a signed 32-bit number of milliseconds. */
export function durationProblem(value: string): Problem | undefined {
	const [, amount, unit = 'ms'] = /^(\d{1,10})(ms|s|min|h|d)?$/.exec(value) ?? [];
	const milliseconds = Number(amount) * (unitLengths[unit] ?? 1);
	if (milliseconds <= 2 ** 31 - 1) return undefined;
	return {
		what: 'is not a duration that PostgreSQL takes',
		mend: 'Set a whole number with ms, s, min, h or d, such as 3s, up to 24d; 0 is no limit.',
	};
}

const unitLengths: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1000,
	min: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};
