import { snapshotFolder } from '../postgres/index.ts';
import { inputFilesOf, type StartPostgresOptions } from '../start-options.ts';
import { type PreparedServer, startPrepared } from '../start-postgres.ts';

/** What a server for a test file is started with. */
export interface StartRequest {
	readonly root: string;
	/** With absolute paths. */
	readonly options: StartPostgresOptions;
}

export const inputsOfRequest = ({ options }: StartRequest): readonly string[] => inputFilesOf(options);

/** Snapshots are the project's, wherever the tests were started. */
export function startRequested({ root, options }: StartRequest): Promise<PreparedServer> {
	return startPrepared({ snapshots: snapshotFolder(root), ...options });
}
