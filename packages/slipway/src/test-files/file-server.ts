import { join } from 'node:path';
import type { Login } from '../connection/index.ts';
import type { BrokerAddress, Logins } from '../server-pool/index.ts';
import type { LoginRole } from '../settings/index.ts';
import { leaseOrStart } from './broker.ts';
import { setVariables } from './environment.ts';
import { checkTestFileOptions, completeOptions, type TestFileOptions } from './options.ts';

export interface FileServerSettings {
	readonly options: TestFileOptions;
	/** The folder that relative paths start at; its project has the configuration. */
	readonly root: string;
	/** Those to set the variables in. The first is that of the process. */
	readonly environments: readonly [NodeJS.ProcessEnv, ...NodeJS.ProcessEnv[]];
	/** Who starts the server. Default: this process. */
	readonly broker?: BrokerAddress | undefined;
	/** Called once in this process if no migrations are applied. */
	readonly warn: (message: string) => void;
}

/** The server of a test file. */
export interface FileServer extends AsyncDisposable {
	readonly login: Login;
	/** The role of `login`. */
	readonly role: LoginRole;
	readonly logins: Logins;
}

/**
 * Starts the server of a test file, and sets the variables in which a program finds it. Disposing of it restores them and
 * stops the server. Undefined if the options ask for none.
 */
export async function startFileServer({
	options,
	root,
	environments,
	broker,
	warn,
}: FileServerSettings): Promise<FileServer | undefined> {
	checkTestFileOptions(options);
	const { url = 'DATABASE_URL', login: role = 'app' } = options;
	if (url === false) return undefined;
	const complete = await completeOptions(options, { root, environment: environments[0] });
	if (complete.migrations === undefined) warnOnce(root, warn);
	const server = await leaseOrStart({ root, options: complete }, broker);
	const login = server[role];
	const variables = { urls: [url].flat(), folder: root };
	const set = environments.map((environment) => setVariables(environment, login, variables));
	return {
		login,
		role,
		logins: server,
		async [Symbol.asyncDispose]() {
			for (const one of set) one[Symbol.dispose]();
			await server[Symbol.asyncDispose]();
		},
	};
}

let warned = false;

function warnOnce(root: string, warn: FileServerSettings['warn']): void {
	if (warned) return;
	warned = true;
	warn(
		`slipway: no migrations applied: there is no folder ${join(root, 'migrations')}, and no configuration names another.\n` +
			"  Name it in slipway.config.ts: export default defineConfig({ migrations: 'path' });",
	);
}
