import { basename } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { nameSome } from '../migrations/name-some.ts';
import type { MatchedFiles } from './find-files.ts';
import {
	compareDescriptions,
	compareVersions,
	type FlywayName,
	isFlywayCallback,
	parseFlywayName,
} from './flyway-name.ts';
import { comparePaths } from './natural-order.ts';
import { isDownFile } from './pairs.ts';
import { isProgram } from './programs-beside.ts';

/** A file to apply. */
export interface SelectedFile {
	/** Its path relative to the root. */
	readonly name: string;
	readonly flyway: FlywayName | undefined;
}

interface Candidate extends SelectedFile {
	/** The position of the first pattern that matches it. */
	readonly rank: number;
}

/**
 * The files to apply, in order: by pattern, then by path. Flyway's come by version, whatever folder they are
 * in, and its repeatable ones last. Throws `invalid-migrations` and `no-migrations-matched`.
 */
export function selectFiles(matched: readonly MatchedFiles[]): readonly SelectedFile[] {
	const candidates = rankFiles(matched);
	const names = new Set(candidates.map(({ name }) => name));
	refuseOtherFiles(candidates);
	const applied = candidates.filter(({ name, flyway }) => isSql(name) && !isDownFile(name, names, flyway));
	if (applied.length === 0) throw nothingToApply(matched);
	refuseSameVersions(applied);
	return sinceBaseline(applied).toSorted(compareFiles);
}

function rankFiles(matched: readonly MatchedFiles[]): readonly Candidate[] {
	const ranks = new Map<string, number>();
	for (const [rank, { files }] of matched.entries())
		for (const name of files) if (!ranks.has(name)) ranks.set(name, rank);
	const all = Array.from(ranks, ([name, rank]) => ({ name, rank, flyway: parseFlywayName(basename(name)) }));
	const versioned = Math.min(...all.filter(({ flyway }) => flyway !== undefined).map(({ rank }) => rank));
	return all.map((each) => (each.flyway === undefined ? each : { ...each, rank: versioned }));
}

const isSql = (name: string) => /\.sql$/i.test(name);

/** For what a pattern matches and would never run. Notes, metadata and lock files are fine. */
function refuseOtherFiles(candidates: readonly Candidate[]): void {
	const programs = candidates.map(({ name }) => name).filter(isProgram);
	if (programs.length > 0)
		throw new SlipwayError(
			'invalid-migrations',
			`only .sql files can be applied, but the migrations include ${nameSome(programs)}`,
			'If they are not migrations, narrow the pattern to .sql files. Otherwise let the tool that they are written for apply them: migrations: { command: … , inputs: [ … ] }',
		);
	const callbacks = candidates.map(({ name }) => name).filter((name) => isFlywayCallback(basename(name)));
	if (callbacks.length === 0 || candidates.every(({ flyway }) => flyway === undefined)) return;
	throw new SlipwayError(
		'invalid-migrations',
		`${nameSome(callbacks)}: a callback of Flyway, which is not a migration`,
		'Exclude it with a pattern such as "!**/{before,after}*.sql", or let Flyway apply the migrations: migrations: { command: … , inputs: [ … ] }',
	);
}

function nothingToApply(matched: readonly MatchedFiles[]): SlipwayError {
	const patterns = matched.map(({ pattern }) => JSON.stringify(pattern)).join(', ');
	return new SlipwayError(
		'no-migrations-matched',
		`the migrations ${patterns} match no file that applies anything, but only ${nameSome(matched.flatMap(({ files }) => files))}`,
		'Correct the pattern so that it matches .sql files. Those that revert a migration, such as .down.sql, are not applied.',
	);
}

function refuseSameVersions(files: readonly Candidate[]): void {
	const groups = ['V', 'B'].flatMap((kind) => {
		const sorted = files.filter(({ flyway }) => flyway?.kind === kind).toSorted(compareFiles);
		return sorted.flatMap((file, index) => {
			const next = sorted[index + 1];
			return next !== undefined && compareFlyway(file, next) === 0 ? [`${file.name} and ${next.name}`] : [];
		});
	});
	if (groups.length > 0)
		throw new SlipwayError(
			'invalid-migrations',
			`migrations with the same version, so that their order is ambiguous:\n${groups.map((group) => `  ${group}`).join('\n')}`,
			'Give the one that is not applied in production yet a later version.',
		);
}

/** A new database starts with Flyway's last baseline, which stands for all versions up to its own. */
function sinceBaseline(files: readonly Candidate[]): readonly Candidate[] {
	const [baseline] = files
		.filter(({ flyway }) => flyway?.kind === 'B')
		.toSorted((a, b) => -compareFlyway(a, b));
	if (baseline === undefined) return files;
	return files.filter(
		(file) =>
			file === baseline ||
			(file.flyway?.kind !== 'B' && !(isVersioned(file) && compareFlyway(file, baseline) <= 0)),
	);
}

const isVersioned = ({ flyway }: Candidate) => flyway !== undefined && flyway.kind !== 'R';

function compareFlyway({ flyway: a }: Candidate, { flyway: b }: Candidate): number {
	return compareVersions(a?.version ?? [], b?.version ?? []);
}

/** In the same rank, files that are not Flyway's come first. */
function compareFiles(a: Candidate, b: Candidate): number {
	const group = (file: Candidate) => (file.flyway?.kind === 'R' ? 1 : 0);
	const byKind = group(a) - group(b) || a.rank - b.rank || Number(isVersioned(a)) - Number(isVersioned(b));
	if (byKind !== 0) return byKind;
	if (a.flyway === undefined || b.flyway === undefined) return comparePaths(a.name, b.name);
	const own = a.flyway.kind === 'R' ? compareDescriptions(a.flyway, b.flyway) : compareFlyway(a, b);
	return own || comparePaths(a.name, b.name);
}
