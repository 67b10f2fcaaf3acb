import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import { timeCommand } from '../time-command.ts';
import type { SchemaProject } from './schema-project.ts';

/** Has the snapshot made that `scripts/migrate diff` starts from, which is made once for a set of migrations. */
export async function makeSnapshot(root: string, project: SchemaProject): Promise<void> {
	await timeDiff(root, project, '--models', 'same', '--check');
}

/** Milliseconds of `scripts/migrate diff` that writes a migration, and of one that has nothing to write. */
export async function measureDiff(root: string, project: SchemaProject): Promise<Record<string, number>> {
	return {
		[`diff NAME, ${project.name}`]: await timeWriting(root, project),
		[`diff --check, ${project.name}`]: await timeDiff(root, project, '--models', 'same', '--check'),
	};
}

/** Takes the migration away again: the next round is to find what this one did. */
async function timeWriting(root: string, project: SchemaProject): Promise<number> {
	const directory = join(project.folder, 'migrations');
	const before = readdirSync(directory);
	const milliseconds = await timeDiff(root, project, '--models', 'ahead', 'change');
	const written = readdirSync(directory).filter((file) => !before.includes(file));
	for (const file of written) rmSync(join(directory, file));
	if (written.length === 1) return milliseconds;
	throw new SlipwayError(
		'nothing-measured',
		`scripts/migrate diff has written ${written.length} migrations for ${project.name}`,
		'Have bench/migrations/schema-project.ts make models that differ from the migrations.',
	);
}

const timeDiff = (root: string, { folder }: SchemaProject, ...args: string[]) =>
	timeCommand(join(root, 'scripts/migrate'), ['diff', '--directory', 'migrations', ...args], {
		environment: {},
		expected: 0,
		folder,
	});
