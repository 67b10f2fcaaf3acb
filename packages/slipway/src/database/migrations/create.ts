import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { listMigrations } from './files.ts';
import { sequenceNumber } from './order.ts';

const skeleton = `-- Up Migration

-- Down Migration
`;

export interface CreateMigrationOptions {
	/** What it says; two empty parts unless told. */
	readonly text?: string;
	/** Write nothing. */
	readonly dryRun?: boolean;
}

/**
 * Writes a migration that sorts after all others of `directory`, and returns its path. `name` may be words: "add users"
 * becomes <UTC time>_add-users.sql. Throws `invalid-migration-name` and `migrations-not-written`.
 */
export async function createMigration(
	directory: string,
	name: string,
	{ text = skeleton, dryRun = false }: CreateMigrationOptions = {},
): Promise<string> {
	const slug = toSlug(name);
	const names = existsSync(directory) ? await listMigrations(directory) : [];
	const path = join(directory, `${nextNumbers(names, 1)[0]}_${slug}.sql`);
	if (dryRun) return path;
	await mkdir(directory, { recursive: true })
		.then(() => writeFile(path, text, { flag: 'wx' }))
		.catch((cause: Error) => {
			throw migrationsNotWritten(directory, cause);
		});
	return path;
}

/** For a folder in which a migration cannot be made or get another name. */
export function migrationsNotWritten(directory: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'migrations-not-written',
		`a migration cannot be written to ${directory}: ${cause.message}`,
		'Make it a folder that you may write to. An image has the migrations that it was built with: run this in a checkout.',
		{ cause },
	);
}

const longestSlug = 100;

function toSlug(name: string): string {
	const slug = name
		.trim()
		.replace(/([a-z0-9])([A-Z])/g, '$1-$2')
		.replace(/[\s_-]+/g, '-')
		.toLowerCase();
	if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) && slug.length <= longestSlug) return slug;
	throw new SlipwayError(
		'invalid-migration-name',
		`${JSON.stringify(name)} cannot name a migration`,
		`Use words of ASCII letters and digits, ${longestSlug} characters at most, such as "add users".`,
	);
}

/**
 * `count` numbers that follow those of `names`, which are sorted: from now on, or just after the last where the clock is
 * behind it.
 */
export function nextNumbers(names: readonly string[], count: number): readonly string[] {
	const last = names.at(-1);
	const earliest = last === undefined ? 0 : Number(sequenceNumber(last) ?? 0n) + 1;
	if (earliest > Date.now() + 24 * 60 * 60 * 1000)
		throw new SlipwayError(
			'migration-from-the-future',
			`the number of ${last} is later than now, so that no new migration can follow it`,
			'Set the clock, or rename that file to start with a UTC time of 17 digits.',
		);
	const first = Math.max(Date.now(), earliest);
	return Array.from({ length: count }, (_, index) =>
		new Date(first + index).toISOString().replaceAll(/\D/g, ''),
	);
}
