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
	/** The content of the file. Default: an empty up and down part. */
	readonly text?: string;
	/** Return the path without writing the file. */
	readonly dryRun?: boolean;
}

/**
 * Writes a migration that sorts after all others in `directory`, and returns its path. `name` may be several
 * words: "add users" becomes <UTC time>_add-users.sql. Throws `invalid-migration-name` and
 * `migrations-not-written`.
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

/** For a folder in which a migration cannot be created or renamed. */
export function migrationsNotWritten(directory: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'migrations-not-written',
		`a migration cannot be written to ${directory}: ${cause.message}`,
		'Make the folder writable. In an image, migrations are part of the build: run this in a checkout instead.',
		{ cause },
	);
}

const maxSlugLength = 100;

function toSlug(name: string): string {
	const slug = name
		.trim()
		.replace(/([a-z0-9])([A-Z])/g, '$1-$2')
		.replace(/[\s_-]+/g, '-')
		.toLowerCase();
	if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) && slug.length <= maxSlugLength) return slug;
	throw new SlipwayError(
		'invalid-migration-name',
		`${JSON.stringify(name)} is not a valid name for a migration`,
		`Use words of ASCII letters and digits, at most ${maxSlugLength} characters, such as "add users".`,
	);
}

/**
 * `count` numbers that follow those of `names`, which are sorted. They start at the current time, or just
 * after the last number if the clock is behind it.
 */
export function nextNumbers(names: readonly string[], count: number): readonly string[] {
	const last = names.at(-1);
	const earliest = last === undefined ? 0 : Number(sequenceNumber(last) ?? 0n) + 1;
	if (earliest > Date.now() + 24 * 60 * 60 * 1000)
		throw new SlipwayError(
			'migration-from-the-future',
			`the number of ${last} is in the future, so no new migration can follow it`,
			'Correct the clock, or rename that file so that it starts with a UTC time of 17 digits.',
		);
	const first = Math.max(Date.now(), earliest);
	return Array.from({ length: count }, (_, index) =>
		new Date(first + index).toISOString().replaceAll(/\D/g, ''),
	);
}
