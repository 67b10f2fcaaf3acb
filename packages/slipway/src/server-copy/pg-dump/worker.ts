import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

/** What the thread gets from the one that starts it. */
export interface PgDumpInput {
	/** The URL of the module. */
	readonly module: string;
	readonly args: readonly string[];
	/** Takes what pg_dump sends to the server, and returns what the server answers. */
	readonly port: MessagePort;
	/** One number, which becomes 1 when an answer is at the port. */
	readonly answered: Int32Array<SharedArrayBuffer>;
}

/** What the thread sends back. */
export type PgDumpOutput = { readonly dump: string } | { readonly failure: string };

/** The part of PGlite's interface that the module uses. */
interface Database {
	query(sql: string): Promise<{ readonly rows: readonly { readonly search_path: string }[] }>;
	exec(sql: string): Promise<void>;
	execProtocolRawStream(message: Uint8Array, options: { onRawData(answer: Uint8Array): void }): Promise<void>;
}

const { module, args, port, answered } = workerData as PgDumpInput;

/** pg_dump waits for each answer, so this thread sleeps until the other one has it. */
const server: Database = {
	// Its session ends with it, so that there is no setting to restore.
	query: async () => ({ rows: [{ search_path: '' }] }),
	exec: async () => {},
	execProtocolRawStream: async (message, { onRawData }) => {
		Atomics.store(answered, 0, 0);
		port.postMessage(message.slice()); // The memory is WebAssembly's.
		Atomics.wait(answered, 0, 0);
		const answer = receiveMessageOnPort(port);
		if (answer !== undefined) onRawData(answer.message as Uint8Array);
	},
};

async function run(): Promise<PgDumpOutput> {
	try {
		const { pgDump } = (await import(module)) as {
			pgDump(options: { pg: Database; args: readonly string[] }): Promise<File>;
		};
		const file = await pgDump({ pg: server, args });
		return { dump: await file.text() };
	} catch (error) {
		return { failure: error instanceof Error ? error.message : String(error) };
	}
}

parentPort?.postMessage(await run());
