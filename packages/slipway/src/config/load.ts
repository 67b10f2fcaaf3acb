import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config, Migrations, PostgresConfig, TestConfig } from './config.ts';
import { resolveMigrations } from './migrations.ts';
import { invalidConfig } from './parse.ts';
import { readConfig } from './read.ts';

/** A configuration with all defaults filled in and all paths absolute. */
export interface ResolvedConfig {
	/** The project's folder. */
	readonly root: string;
	/** The migrations. Their folder may not exist yet. */
	readonly migrations: Migrations;
	/** The migrations for new databases: false for none; undefined if none are configured and the folder does not exist. */
	readonly migrationsToApply: Migrations | false | undefined;
	readonly models: string;
	readonly seeds: string;
	readonly types: string;
	readonly extensions: readonly string[];
	readonly roles: NonNullable<Config['roles']>;
	readonly postgres: PostgresConfig;
	readonly test: TestConfig;
	readonly dev: {
		readonly command: string | undefined;
		readonly watch: readonly string[];
		readonly branches: boolean;
		readonly links: Readonly<Record<string, string>>;
	};
}

/** The configuration of the project in `root`. Throws what `readConfig` throws. */
export async function loadConfig(root: string): Promise<ResolvedConfig> {
	const { config, file } = await readConfig(root);
	if (file !== undefined) refuseMissingFolders(config, root, file);
	const at = (path: string) => resolve(root, path);
	const migrations = resolveMigrations(root, config.migrations || 'migrations');
	return {
		root,
		migrations,
		migrationsToApply: config.migrations === false ? false : orIfMissing(migrations, undefined),
		models: at(config.models ?? 'src'),
		seeds: at(config.seeds ?? 'seeds'),
		types: at(config.types ?? 'src/rows.ts'),
		extensions: config.extensions ?? [],
		roles: config.roles ?? {},
		postgres: config.postgres ?? {},
		test: config.test ?? {},
		dev: {
			command: config.dev?.command,
			watch: (config.dev?.watch ?? []).map(at),
			branches: config.dev?.branches ?? false,
			links: config.dev?.links ?? {},
		},
	};
}

const orIfMissing = <T>(migrations: Migrations, otherwise: T) =>
	typeof migrations === 'string' && !existsSync(migrations) ? otherwise : migrations;

const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();

/** Folders that the configuration names have to exist; only the defaults may be missing. */
function refuseMissingFolders(config: Config, root: string, file: string): void {
	const named = Object.entries({
		migrations: config.migrations,
		models: config.models,
		seeds: config.seeds,
	}).filter(([, path]) => typeof path === 'string' && !isFolder(resolve(root, path)));
	if (named.length > 0)
		throw invalidConfig(
			file,
			named.map(
				([key, path]) =>
					`"${key}" is ${JSON.stringify(path)}, but there is no folder ${resolve(root, String(path))}`,
			),
		);
}
