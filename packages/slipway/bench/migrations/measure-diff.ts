import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import { timeCommand } from '../time-command.ts';
import type { SchemaProject } from './schema-project.ts';

/** Creates the snapshot that `scripts/migrate diff` starts from, once per set of migrations. */
export async function makeSnapshot(root: string, project: SchemaProject): Promise<void> {
	await timeDiff(root, project, '--models', 'same', '--check');
}

/** Milliseconds of a `scripts/migrate diff` that writes a migration, and of one without differences. */
export async function measureDiff(root: string, project: SchemaProject): Promise<Record<string, number>> {
	return {
		[`diff NAME, ${project.name}`]: await timeWriting(root, project),
		[`diff --check, ${project.name}`]: await timeDiff(root, project, '--models', 'same', '--check'),
	};
}

/** Removes the migration again, so that the next round finds the same difference. */
async function timeWriting(root: string, project: SchemaProject): Promise<number> {
	const directory = join(project.folder, 'migrations');
	const before = readdirSync(directory);
	const milliseconds = await timeDiff(root, project, '--models', 'ahead', 'change');
	const written = readdirSync(directory).filter((file) => !before.includes(file));
	for (const file of written) rmSync(join(directory, file));
	if (written.length === 1) return milliseconds;
	throw new SlipwayError(
		'nothing-measured',
		`scripts/migrate diff wrote ${written.length} migrations for ${project.name} instead of 1`,
		'Make the models in bench/migrations/schema-project.ts differ from the migrations.',
	);
}

const timeDiff = (root: string, { folder }: SchemaProject, ...args: string[]) =>
	timeCommand(join(root, 'scripts/migrate'), ['diff', '--directory', 'migrations', ...args], {
		environment: {},
		expected: 0,
		folder,
	});
