import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import { kysely } from './kysely.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { nodePostgres } from './node-postgres.ts';
import { postgresJs } from './postgres-js.ts';
import type { Suite } from './suite.ts';

const suites: readonly Suite[] = [kysely, nodePgMigrate, nodePostgres, postgresJs];

/** The suite of the checkout in `folder`. Throws `unknown-suite` and `suite-not-built`. */
export function suiteOf(folder: string): Suite {
	const name = nameIn(folder);
	const suite = suites.find((each) => each.name === name);
	if (suite === undefined)
		throw new SlipwayError(
			'unknown-suite',
			`${folder} is no checkout of a project whose tests are known`,
			`Give the folder of one of ${suites.map((each) => each.name).join(', ')}.`,
		);
	const missing = suite.needs.find((path) => !existsSync(join(folder, path)));
	if (missing === undefined) return suite;
	throw new SlipwayError(
		'suite-not-built',
		`${join(folder, missing)} does not exist`,
		`Install the packages of ${name} and build it, as its CONTRIBUTING says.`,
	);
}

function nameIn(folder: string): string | undefined {
	const file = join(folder, 'package.json');
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name : undefined;
}
