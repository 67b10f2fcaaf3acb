import type { Command } from 'commander';
import { type DevDatabase, listDatabases } from '../../database/dev-data/index.ts';
import { defineCommand } from '../../terminal/index.ts';
import { printTable } from '../migrate/output.ts';
import { printJson } from '../output.ts';
import type { Project } from '../project.ts';
import { withCurrentData } from './data.ts';

interface Options {
	readonly json?: true;
}

/** What `--json` prints of a database. */
interface Entry {
	readonly kind: 'database' | 'branch' | 'state' | 'undo';
	/** Of the state, the branch, or the database. */
	readonly name: string;
	readonly database: string;
	/** What a state was saved from: a branch, or a database. */
	readonly from?: string;
	/** In bytes. Null if the login may not see it. */
	readonly size: number | null;
	/** When it was saved, created or last picked. */
	readonly at?: string;
	readonly isCurrent: boolean;
}

export function listCommand(project: Project): Command {
	return defineCommand('list', 'list the dev databases and the saved states, with size and date')
		.option('--json', 'print a JSON array')
		.action((options: Options) => list(project, options));
}

async function list(project: Project, { json }: Options): Promise<void> {
	await withCurrentData(project, async ({ data, settings }) => {
		const databases = await listDatabases(data.sql, data.project);
		const entries = databases.map((each) => describe(each, settings.database.name));
		if (json) return printJson(entries);
		printTable(
			['name', 'kind', 'from', 'size', 'date', 'database'],
			entries.map(({ kind, name, from = '', size, at = '', database, isCurrent }) => [
				isCurrent ? `${name} (in use)` : name,
				kind,
				from,
				size === null ? '?' : `${Math.round(size / 1e6)} MB`,
				at.slice(0, 16).replace('T', ' '),
				database,
			]),
		);
	});
}

function describe({ name: database, note, size }: DevDatabase, current: string): Entry {
	const common = { database, size: size ?? null, isCurrent: database === current };
	if (note === undefined) return { kind: 'database', name: database, ...common };
	const { kind, at } = note;
	if (kind === 'state') return { kind, name: note.name, from: note.from, at, ...common };
	return { kind, name: kind === 'branch' ? note.branch : note.of, at, ...common };
}
