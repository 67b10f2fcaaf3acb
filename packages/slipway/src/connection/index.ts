export { type ArrayType, learnArrays, registerArrays } from './arrays.ts';
export { type ClientOptions, normalizePassword, openClient, withClient } from './client.ts';
export { withoutClientVariables } from './client-environment.ts';
export {
	type Connection,
	type Credentials,
	describeConnection,
	type Endpoint,
	maintenanceDatabase,
	type SslMode,
	sslModes,
} from './details.ts';
export { forgetSession, requireExclusive, withExclusiveClient } from './exclusive.ts';
export { explainConnectionError } from './explain-error.ts';
export { LimitedClient } from './limited-client.ts';
export { clientVariables, type Login, toLogin } from './login.ts';
export { psqlCommand, quoteForShell, writePassFile } from './pass-file.ts';
export type { Ask } from './pooler.ts';
export { transact } from './transaction.ts';
