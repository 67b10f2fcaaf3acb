import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { listMigrations, sequenceNumber } from './files.ts';

const skeleton = `-- Up Migration

-- Down Migration
`;

/**
 * Writes an empty migration that sorts after all others of `directory`, and returns its path. `name` may
 * be words: "add users" becomes <UTC time>_add-users.sql. Throws `invalid-migration-name`.
 */
export async function createMigration(directory: string, name: string): Promise<string> {
	const slug = toSlug(name);
	await mkdir(directory, { recursive: true });
	const path = join(directory, `${await nextTimestamp(directory)}_${slug}.sql`);
	await writeFile(path, skeleton, { flag: 'wx' });
	return path;
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

/** Now, or just after the latest migration where the clock is behind it. */
async function nextTimestamp(directory: string): Promise<string> {
	const last = (await listMigrations(directory)).at(-1);
	const earliest = last === undefined ? 0 : (sequenceNumber(last) ?? 0) + 1;
	if (earliest > Date.now() + 24 * 60 * 60 * 1000)
		throw new SlipwayError(
			'migration-from-the-future',
			`the number of ${last} is later than now, so that no new migration can follow it`,
			'Set the clock, or rename that file to start with a UTC time of 17 digits.',
		);
	return new Date(Math.max(Date.now(), earliest)).toISOString().replaceAll(/\D/g, '');
}
