import { acquireServer, type BrokerAddress, type Logins, startBroker } from '../server-pool/index.ts';
import type { StartRequest } from './start.ts';

let opening: Promise<BrokerAddress> | undefined;

/** The broker of this process, which starts servers ahead of need until the process ends, and does not keep it alive. */
export function ensureBroker(): Promise<BrokerAddress> {
	opening ??= openBroker();
	return opening;
}

async function openBroker(): Promise<BrokerAddress> {
	const { inputsOfRequest, startRequested } = await import('./start.ts');
	const { address } = await startBroker({
		inputs: (request) => inputsOfRequest(request as StartRequest),
		start: (request) => startRequested(request as StartRequest),
		onKept: () => {
			throw new Error('no client of this broker keeps servers');
		},
	});
	return address;
}

/** Leases a server from the broker, or starts one here. */
export async function leaseOrStart(
	request: StartRequest,
	broker: BrokerAddress | undefined,
): Promise<Logins & AsyncDisposable> {
	if (broker !== undefined) return await acquireServer(broker, request, { returnUnused: true });
	// Loaded on demand: with a broker, workers need not load what starts servers, which takes longer than to lease one.
	const { startRequested } = await import('./start.ts');
	return await startRequested(request);
}
