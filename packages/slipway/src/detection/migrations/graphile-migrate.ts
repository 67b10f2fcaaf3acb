import { join } from 'node:path';
import { folderOf, nameOf } from '../project-folder.ts';
import type { MigrationTool } from './tool.ts';

/** graphile-migrate's committed files are SQL. Those with placeholders need its own command, which fills them in. */
export const graphileMigrate: MigrationTool = (folder) => {
	const config = folder.files.find((path) => /^\.gmrc(\.jsonc?|\.js)?$/.test(nameOf(path)));
	if (config === undefined) return undefined;
	const migrations = join(folderOf(config), 'migrations');
	const names = folder.names(`${migrations}/committed`).filter((name) => name.endsWith('.sql'));
	if (names.length === 0) return undefined;
	const texts = names.map((name) => folder.text(`${migrations}/committed/${name}`) ?? '');
	const value = texts.some((text) => /(?<![:\w]):[A-Z][A-Z_]{2,}\b/.test(text))
		? { command: 'npx graphile-migrate migrate', inputs: [migrations, config] }
		: { sql: `${migrations}/committed/*.sql` };
	return { tool: 'graphile-migrate', migrations: value };
};
