import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Migrations } from '../config/index.ts';
import { refuseUnconfigured } from '../detection/index.ts';
import type { PostgresOptions } from './check-options.ts';

/**
 * Returns a function to call with the options of each server that tests ask for. It warns once, at the first
 * server without migrations. `folders` are the default migration folders of the projects. Throws
 * `migrations-not-configured` if a project has migrations of another tool.
 */
export function warnOfNoMigrations(
	folders: ReadonlySet<string>,
	warn: (text: string) => void,
): (options: PostgresOptions) => void {
	let warned = false;
	return ({ migrations, seed }) => {
		if (migrations === undefined && seed === undefined)
			for (const folder of folders) if (!isPresent(folder)) refuseUnconfigured(dirname(folder));
		if (warned || migrations === false || (migrations !== undefined && isPresent(migrations))) return;
		warned = true;
		const empty =
			migrations === undefined ? [...folders].filter((folder) => !isPresent(folder)) : [migrations];
		warn(
			`slipway: no migrations applied: none found in ${empty.join(' or ')}.\n` +
				"  Set the folder that contains them: slipway({ migrations: 'path' })",
		);
	};
}

/** Any file counts: one that cannot be a migration is refused when a server starts. So is another form without a file. */
function isPresent(migrations: Migrations): boolean {
	if (typeof migrations !== 'string') return true;
	return existsSync(migrations) && readdirSync(migrations).some((name) => !name.startsWith('.'));
}
