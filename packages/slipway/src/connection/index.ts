export { type ArrayType, learnArrays, registerArrays } from './arrays.ts';
export { type ClientOptions, findServer, normalizePassword, openClient, withClient } from './client.ts';
export { withoutClientVariables } from './client-environment.ts';
export {
	type Address,
	addressesOf,
	type Connection,
	type Credentials,
	describeAddress,
	describeConnection,
	describeServers,
	type Endpoint,
	type HostChoice,
	maintenanceDatabase,
	type SslMode,
	sslModes,
	type Target,
	type TlsFiles,
	targets,
} from './details.ts';
export { forgetSession, requireExclusive, withExclusiveClient } from './exclusive.ts';
export { explainConnectionError } from './explain-error.ts';
export { LimitedClient } from './limited-client.ts';
export { clientVariables, type Login, toLogin } from './login.ts';
export { psqlCommand, quoteForShell, writePassFile } from './pass-file.ts';
export type { Ask } from './pooler.ts';
export { tlsOptions } from './tls.ts';
export { transact } from './transaction.ts';
