import { readdirSync, readFileSync } from 'node:fs';

/** The SQL of all migrations and of the seed, for tools that do not read such files. */
export function readSchema() {
	const migrations = readdirSync('migrations').toSorted();
	const up = migrations.map(
		(name) => readFileSync(`migrations/${name}`, 'utf8').split('-- Down Migration')[0],
	);
	return [...up, readFileSync('seed.sql', 'utf8')].join('\n');
}
