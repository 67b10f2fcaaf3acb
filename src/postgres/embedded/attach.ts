import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import { claimantOf } from '../claim.ts';
import type { PostgresServer } from '../provider.ts';
import { clusterIn, readCluster, superuserConnection } from './cluster.ts';
import { startEmbedded } from './embedded.ts';
import { explainFileFault } from './file-faults.ts';
import { runningPort } from './postmaster.ts';

export interface AttachOptions {
	readonly directory: string;
	/** Who asks, for the message to whoever comes meanwhile. */
	readonly command: string;
	/** Who runs a server there for longer and lends it. */
	readonly lender: string;
}

const retryMilliseconds = 100;
const patienceMilliseconds = 60_000;

/**
 * The server of a directory: the one that the lender runs there, which is left running, or else one that is started.
 * While another command has it, which will stop it, or the lender is still starting it, waits. Throws what
 * `startEmbedded` throws.
 */
export async function attachEmbedded({ directory, command, lender }: AttachOptions): Promise<PostgresServer> {
	const end = performance.now() + patienceMilliseconds;
	for (;;) {
		const lent = findLent(directory, lender);
		if (lent !== undefined) return lent;
		try {
			return await startEmbedded({ directory, command });
		} catch (error) {
			const isInUse = error instanceof SlipwayError && error.code === 'directory-in-use';
			if (!isInUse || performance.now() > end) throw error;
		}
		await sleep(retryMilliseconds);
	}
}

/** Whether `directory` has been used for a server. */
export function hasServer(directory: string): boolean {
	return existsSync(directory);
}

function findLent(directory: string, lender: string): PostgresServer | undefined {
	try {
		if (!existsSync(clusterIn(directory)) || claimantOf(directory)?.command !== lender) return undefined;
		const { data, superuserPassword } = readCluster(directory);
		const port = runningPort(data);
		return port === undefined ? undefined : borrow(port, superuserPassword);
	} catch (error) {
		throw explainFileFault(error, directory);
	}
}

function borrow(port: number, superuserPassword: string): PostgresServer {
	return {
		admin: superuserConnection(port, superuserPassword),
		ended: new Promise(() => {}),
		[Symbol.asyncDispose]: async () => {},
	};
}
