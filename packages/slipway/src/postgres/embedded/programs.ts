import { checkSettings, type ServerSettings } from '../server-settings.ts';
import type { Binaries } from './binaries.ts';
import { clusterIn } from './cluster-folder.ts';
import { libraryPrefix, programEnvironment } from './environment.ts';
import { chooseLaunch, type Launch } from './user.ts';

/** PostgreSQL's programs and how to start them for one server. */
export interface Programs {
	readonly binaries: Binaries;
	readonly launch: Launch;
	readonly environment: NodeJS.ProcessEnv;
	/** Comes before a program, but after the prefix of `launch`. */
	readonly libraryPrefix: readonly string[];
	/** Whether the data outlives the server, and a crash of the machine. */
	readonly durable: boolean;
	/** The caller's server settings. */
	readonly settings: ServerSettings;
}

/**
 * How to start `binaries` for the server of `directory`, which must exist. `cluster`: whose files decide which user it
 * runs as.
 */
export async function preparePrograms(
	binaries: Binaries,
	directory: string,
	durable: boolean,
	settings: ServerSettings = {},
	cluster = clusterIn(directory),
): Promise<Programs> {
	checkSettings(settings);
	return {
		binaries,
		launch: await chooseLaunch(cluster),
		environment: programEnvironment(),
		libraryPrefix: libraryPrefix(binaries.package, directory),
		durable,
		settings,
	};
}
