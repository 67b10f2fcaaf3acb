import { join } from 'node:path';
import type { ProjectFolder } from '../project-folder.ts';
import { stringOf } from '../source-text.ts';
import type { MigrationTool } from './tool.ts';

const configs = ['', '.json', '.js', '.cjs', '.mjs', '.ts'].map(
	(extension) => `.node-pg-migraterc${extension}`,
);

/** What `slipway migrate new` writes, and node-pg-migrate reads. */
const isOurs = (folder: ProjectFolder) =>
	folder
		.names('migrations')
		.some((name) => /^-- Up Migration/m.test(folder.text(`migrations/${name}`) ?? ''));

/** node-pg-migrate's format is Slipway's own. */
export const nodePgMigrate: MigrationTool = (folder) => {
	if (!folder.depends('node-pg-migrate'))
		return isOurs(folder) ? { tool: 'node-pg-migrate', migrations: 'migrations' } : undefined;
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
