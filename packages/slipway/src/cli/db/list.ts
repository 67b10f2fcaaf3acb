import type { Command } from 'commander';
import { type DevDatabase, databaseSizes, listDatabases } from '../../database/dev-data/index.ts';
import { defineCommand } from '../../terminal/index.ts';
import { printTable } from '../migrate/output.ts';
import { printJson } from '../output.ts';
import type { Project } from '../project.ts';
import { type BranchState, branchStates } from './branch-states.ts';
import { withDevDataServer } from './data.ts';

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
	/** What became of the branch in git, if it is not being worked on. */
	readonly git?: BranchState | undefined;
	/** The branch is one of another checkout that uses the same server. */
	readonly isOfOther?: boolean;
}

export function listCommand(project: Project): Command {
	return defineCommand('list', 'list the dev databases and the saved states, with size and date')
		.option('--json', 'print a JSON array')
		.action((options: Options) => list(project, options));
}

async function list(project: Project, { json }: Options): Promise<void> {
	await withDevDataServer(project, async ({ sql, name: configured, settings, checkout }) => {
		const databases = await listDatabases(sql, configured);
		const states =
			checkout === undefined ? () => undefined : await branchStates(project.root, databases, configured);
		const sizes = await databaseSizes(sql, databases);
		const entries: readonly Entry[] = databases.map((each) => ({
			...describe(each, checkout, states),
			size: sizes.get(each.name) ?? null,
			isCurrent: each.name === settings.database.name,
		}));
		if (json) return printJson(entries);
		printTable(
			['name', 'kind', 'from', 'size', 'date', 'database'],
			entries.map(({ kind, name, from = '', size, at = '', database, ...entry }) => [
				[name, ...remarksOn(entry)].join(', '),
				kind,
				from,
				size === null ? '?' : `${Math.round(size / 1e6)} MB`,
				at.slice(0, 16).replace('T', ' '),
				database,
			]),
		);
	});
}

function describe(
	{ name: database, note }: DevDatabase,
	checkout: string | undefined,
	states: (branch: string) => BranchState | undefined,
): Omit<Entry, 'size' | 'isCurrent'> {
	if (note === undefined) return { kind: 'database', name: database, database };
	const { kind, at } = note;
	if (kind === 'state') return { kind, name: note.name, database, from: note.from, at };
	if (kind === 'undo') return { kind, name: note.of, database, at };
	const isOfOther = note.checkout !== checkout;
	const git = isOfOther ? undefined : states(note.branch);
	return { kind, name: note.branch, database, at, git, isOfOther };
}

const remarksOn = ({ isCurrent, git, isOfOther }: Pick<Entry, 'isCurrent' | 'git' | 'isOfOther'>) => [
	...(isCurrent ? ['in use'] : []),
	...(git === undefined ? [] : [git]),
	...(isOfOther ? ['of another checkout'] : []),
];
