import { SlipwayError } from '../../errors.ts';

/** The errors of a server that starts from a snapshot that is incomplete or of another version. */
const damages = [
	'snapshot-damaged',
	'cluster-damaged',
	'data-directory-version',
	'server-did-not-start',
	'wrong-password',
];

export function isDamage(error: unknown): error is SlipwayError {
	return error instanceof SlipwayError && damages.includes(error.code);
}

export function warnOfDamage(snapshot: string, { message }: Error): void {
	process.emitWarning(`The snapshot ${snapshot} is damaged and will be created again: ${message}`, {
		type: 'SlipwayWarning',
		code: 'snapshot-damaged',
	});
}
