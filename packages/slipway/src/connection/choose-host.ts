import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf, SlipwayError } from '../errors.ts';
import { type Address, describeAddress, type HostChoice, type Target } from './details.ts';

/** What a server says about itself after a login. */
export interface ServerState {
	readonly standby: boolean;
	/** Whether its transactions are read-only, which those of a standby always are. */
	readonly readOnly: boolean;
}

/** Milliseconds to wait for a standby while other servers have answered. */
const standbyTimeout = 500;

/**
 * Asks all servers at once, and resolves with the first to answer that is right. So the order of the hosts does not
 * matter, and one that is down or hangs costs no time: `signal` lets go of the others then. Throws `no-suitable-host`, with
 * the reason of each server, or `wrong-password` if that is one.
 */
export async function chooseHost(
	choice: HostChoice,
	ask: (address: Address, signal: AbortSignal) => Promise<ServerState>,
): Promise<Address> {
	const chosen = new AbortController();
	const { signal } = chosen;
	const answers = choice.hosts.map(async (address) => ({ address, ...(await ask(address, signal)) }));
	const first = (target: Target) => Promise.any(answers.map((answer) => answer.then(requires(target))));
	const preferred =
		choice.target === 'prefer-standby'
			? Promise.race([
					first('standby'),
					first('any').then((address) => sleep(standbyTimeout, address, { signal })),
				]).catch(() => first('any'))
			: first(choice.target);
	return await preferred
		.catch((error: AggregateError) => {
			throw noneIsRight(choice, error.errors);
		})
		.finally(() => chosen.abort());
}

type Answer = ServerState & { readonly address: Address };

interface Requirement {
	/** What none of the servers does. */
	readonly wanted: string;
	/** Why a server is not right. */
	readonly refusal: (state: ServerState) => string | undefined | false;
	readonly hint: string;
}

const startWriter =
	'Start the primary or promote a standby, or correct DATABASE_URL (or DB_HOST and DB_PORT).';
const startReader = 'Start a standby, or correct DB_READ_URL.';
const answers: Requirement = {
	wanted: 'can be used',
	refusal: () => undefined,
	hint: 'Start one of them, or correct DB_READ_URL.',
};

const requirements: Record<Target, Requirement> = {
	any: answers,
	'prefer-standby': answers,
	'read-write': {
		wanted: 'accepts writes',
		refusal: ({ standby, readOnly }) =>
			readOnly &&
			(standby ? 'is a standby, which accepts no writes' : 'has default_transaction_read_only on'),
		hint: startWriter,
	},
	primary: {
		wanted: 'is a primary',
		refusal: ({ standby }) => standby && 'is a standby',
		hint: startWriter,
	},
	standby: {
		wanted: 'is a standby',
		refusal: ({ standby }) => !standby && 'is a primary',
		hint: startReader,
	},
	'read-only': {
		wanted: 'is read-only',
		refusal: ({ readOnly }) => !readOnly && 'accepts writes',
		hint: startReader,
	},
};

function requires(target: Target): (answer: Answer) => Address {
	return ({ address, ...state }) => {
		const refusal = requirements[target].refusal(state);
		if (refusal) throw notSuitable(`${describeAddress(address)} ${refusal}`);
		return address;
	};
}

const notSuitable = (message: string, hint = '', cause?: unknown) =>
	new SlipwayError('no-suitable-host', message, hint, { cause });

/** `errors` are in the order of the hosts. */
function noneIsRight({ hosts, target }: HostChoice, errors: readonly unknown[]): SlipwayError {
	const { wanted, hint } = requirements[target];
	const names = hosts.map(describeAddress).join(',');
	const reasons = hosts.map((address, index) => `  ${reasonOf(address, errors[index])}`);
	const message = [`no server of ${names} ${wanted}:`, ...reasons];
	const cause = new AggregateError(errors);
	const wrong = errors.find((error) => hasCode(error, 'wrong-password'));
	// The caller may have another password to try.
	if (wrong instanceof SlipwayError)
		return new SlipwayError('wrong-password', message.join('\n'), wrong.hint, { cause });
	return notSuitable(message.join('\n'), hint, cause);
}

/** An error that Slipway explains names the host. */
function reasonOf(address: Address, error: unknown): string {
	return error instanceof SlipwayError ? error.message : `${describeAddress(address)}: ${messageOf(error)}`;
}
