import { existsSync, readdirSync } from 'node:fs';
import type { PostgresOptions } from './check-options.ts';

/**
 * Returns what is called with the options of each server that tests ask for. It warns once, of the first to which no
 * migrations are applied. `folders` are those in which projects have theirs by default.
 */
export function warnOfNoMigrations(
	folders: ReadonlySet<string>,
	warn: (text: string) => void,
): (options: PostgresOptions) => void {
	let warned = false;
	return ({ migrations }) => {
		if (warned || migrations === false || (migrations !== undefined && hasMigrations(migrations))) return;
		warned = true;
		const without =
			migrations === undefined ? [...folders].filter((folder) => !hasMigrations(folder)) : [migrations];
		warn(
			`slipway: no migrations are applied, as there are none in ${without.join(' or ')}.\n` +
				"  Name the folder that has them: slipway({ migrations: 'path' })",
		);
	};
}

/** What is in a folder and cannot be a migration is refused when a server starts. */
function hasMigrations(folder: string): boolean {
	return existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith('.'));
}
