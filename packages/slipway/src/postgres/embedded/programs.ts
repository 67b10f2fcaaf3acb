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
	/** Goes before a program, after the launch's own words. */
	readonly libraryPrefix: readonly string[];
	/** Whether the server's data are to outlive it, and a crash of the machine. */
	readonly durable: boolean;
	/** Server settings of the caller's. */
	readonly settings: ServerSettings;
}

/** How `binaries` are started for the server of `directory`, which must exist. */
export async function preparePrograms(
	binaries: Binaries,
	directory: string,
	durable: boolean,
	settings: ServerSettings = {},
): Promise<Programs> {
	checkSettings(settings);
	return {
		binaries,
		launch: await chooseLaunch(clusterIn(directory)),
		environment: programEnvironment(),
		libraryPrefix: libraryPrefix(binaries.package, directory),
		durable,
		settings,
	};
}
