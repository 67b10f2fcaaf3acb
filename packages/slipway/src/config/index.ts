export {
	type Config,
	type DevConfig,
	defineConfig,
	type PostgresConfig,
	type RolesConfig,
} from './config.ts';
export { configFileNames, findProjectRoot } from './find.ts';
export { loadConfig, type ResolvedConfig } from './load.ts';
export { extensionsKind, providerKind, rolesKind } from './parse.ts';
export {
	type Kind,
	problemsOf,
	type Shape,
	secretObject,
	string,
	stringOrFalse,
	stringOrStrings,
	stringRecord,
} from './shape.ts';
