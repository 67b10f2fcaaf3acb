import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { type PostgresServer, startEmbedded } from '../../src/postgres/index.ts';
import { type DiffCase, diffCases } from './cases.ts';
import { type Dumper, startDumper } from './dump.ts';

/** The last one is `scripts/migrate diff`, which builds on the first. */
export const candidateNames = ['pg-delta', 'migra', 'pg-diff', 'slipway'] as const;
export type CandidateName = (typeof candidateNames)[number];

/** Whether the SQL of a candidate results in the desired schema, according to pg_dump. */
export type Outcome = 'right' | 'wrong' | 'fails' | 'loses data';

export interface CaseFigures {
	readonly name: string;
	readonly outcomes: Readonly<Record<CandidateName, { readonly up: Outcome; readonly down: Outcome }>>;
}

export interface DiffFigures {
	readonly cases: readonly CaseFigures[];
	/** The reasons for outcomes other than `right`. */
	readonly notes: readonly string[];
}

interface Judge {
	readonly server: PostgresServer;
	readonly dumper: Dumper;
	readonly note: (text: string) => void;
}

/**
 * For each case, runs the SQL that each candidate writes up and down, and compares the results with pg_dump.
 */
export async function measureDiff(report: (line: string) => void): Promise<DiffFigures> {
	await using server = await startEmbedded();
	using dumper = startDumper();
	await withClient(server.admin, (sql) => sql`CREATE ROLE reader`);
	const notes: string[] = [];
	const judge: Judge = { server, dumper, note: (text) => notes.push(text) };
	const cases: CaseFigures[] = [];
	for (const [index, each] of diffCases.entries()) {
		report(`${index + 1} of ${diffCases.length}: ${each.name}`);
		cases.push(await judgeCase(judge, each, `case_${index}`));
	}
	return { cases, notes };
}

async function judgeCase(judge: Judge, each: DiffCase, prefix: string): Promise<CaseFigures> {
	const before = await createDatabase(judge.server, `${prefix}_before`);
	const after = await createDatabase(judge.server, `${prefix}_after`);
	await run(before, [each.before]);
	await run(after, [each.after]);
	const outcomes = [];
	for (const name of candidateNames) {
		const own = await createDatabase(judge.server, `${prefix}_${name}`, before.database);
		const direct = (from: Connection, to: Connection, label: string) => async () => {
			// Slipway tests its statements in the database that it compares.
			const current = await createDatabase(judge.server, `${own.database}_${label}`, from.database);
			await run(own, await diff(name, current, to));
			return await judgeResult(judge, each, { own, to, label: `${each.name}, ${name}, ${label}` });
		};
		const up = await outcomeOf(judge, `${each.name}, ${name}, up`, direct(before, after, 'up'));
		const down = await outcomeOf(judge, `${each.name}, ${name}, down`, direct(after, before, 'down'));
		outcomes.push([name, { up, down }] as const);
	}
	return { name: each.name, outcomes: Object.fromEntries(outcomes) as CaseFigures['outcomes'] };
}

async function outcomeOf(judge: Judge, label: string, attempt: () => Promise<Outcome>): Promise<Outcome> {
	try {
		return await attempt();
	} catch (error) {
		judge.note(`${label}: ${messageOf(error)}`);
		return 'fails';
	}
}

interface Result {
	readonly own: Connection;
	readonly to: Connection;
	readonly label: string;
}

async function judgeResult(judge: Judge, { keeps }: DiffCase, { own, to, label }: Result): Promise<Outcome> {
	const [actual, wanted] = await Promise.all([judge.dumper.dump(own), judge.dumper.dump(to)]);
	if (actual !== wanted) {
		judge.note(`${label}: ${firstDifference(actual, wanted)}`);
		return 'wrong';
	}
	if (keeps === undefined || !label.endsWith('up')) return 'right';
	const [query, again] = keeps;
	const original = await rows({ ...own, database: own.database.replace(/_[^_]+$/, '_before') }, query);
	return original === (await rows(own, again)) ? 'right' : 'loses data';
}

function firstDifference(actual: string, wanted: string): string {
	const [has, wants] = [actual.split('\n'), wanted.split('\n')];
	const missing = wants
		.filter((line) => !has.includes(line))
		.slice(0, 2)
		.join(' ');
	const excess = has
		.filter((line) => !wants.includes(line))
		.slice(0, 2)
		.join(' ');
	return `pg_dump lacks ${JSON.stringify(missing)}, has ${JSON.stringify(excess)}`;
}

/** The statements of a candidate, which runs in its own process, because some do not exit cleanly. */
async function diff(
	name: CandidateName,
	current: Connection,
	desired: Connection,
): Promise<readonly string[]> {
	const file = join(import.meta.dirname, 'candidates', name === 'slipway' ? 'slipway.ts' : `${name}.mjs`);
	const env = { ...process.env, CURRENT: urlOf(current), DESIRED: urlOf(desired) };
	const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
	return JSON.parse(stdout);
}

async function createDatabase(
	{ admin }: PostgresServer,
	database: string,
	template = 'template0',
): Promise<Connection> {
	await withClient(admin, (sql) => sql.unsafe(`CREATE DATABASE "${database}" TEMPLATE "${template}"`));
	return { ...admin, database };
}

async function run(connection: Connection, statements: readonly string[]): Promise<void> {
	await withClient(connection, async (sql) => {
		for (const statement of statements) await sql.unsafe(statement);
	});
}

async function rows(connection: Connection, query: string): Promise<string> {
	return JSON.stringify(await withClient(connection, (sql) => sql.unsafe(query)));
}

function urlOf({ host, port, username, password, database }: Connection): string {
	return `postgres://${username}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** The error message from the output of a failed process. */
function messageOf(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return /^\s*(?:\w*Error|error): .*$/m.exec(message)?.[0].trim() ?? message.split('\n', 1)[0] ?? message;
}
