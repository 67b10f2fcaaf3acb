import { type Conditions, seededTables } from '../conditions.ts';
import { schemaFiles } from './schema.ts';

/** A project with a realistic schema and many test files with this text, but without the ways of isolation. */
export function projectFiles(conditions: Conditions, testFile: string): Record<string, string> {
	const numbers = Array.from({ length: conditions.files }, (_, index) => index + 1);
	return {
		'package.json': '{ "type": "module" }',
		'conditions.json': JSON.stringify({ ...conditions, seeded: seededTables(conditions) }),
		...schemaFiles(conditions),
		...Object.fromEntries(numbers.map((number) => [`tests/file-${number}.test.js`, testFile])),
	};
}
