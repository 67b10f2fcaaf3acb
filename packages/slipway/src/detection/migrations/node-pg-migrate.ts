import { join } from 'node:path';
import { stringOf } from '../source-text.ts';
import type { MigrationTool } from './tool.ts';

const configs = ['', '.json', '.js', '.cjs', '.mjs', '.ts'].map(
	(extension) => `.node-pg-migraterc${extension}`,
);

/** node-pg-migrate's format is Slipway's own. */
export const nodePgMigrate: MigrationTool = (folder) => {
	if (!folder.depends('node-pg-migrate')) return undefined;
	const scripts = Object.values(folder.manifest.scripts ?? {}).filter((text) =>
		text.includes('node-pg-migrate'),
	);
	const option = scripts
		.map((text) => /(?:-m|--migrations-dir)[ =]['"]?([^\s'"]+)/.exec(text)?.[1])
		.find(Boolean);
	const config = folder.first(configs);
	const named = config === undefined ? undefined : stringOf(folder.text(config) ?? '', 'migrations-dir');
	const path = join(option ?? named ?? 'migrations');
	return folder.names(path).length > 0 ? { tool: 'node-pg-migrate', migrations: path } : undefined;
};
