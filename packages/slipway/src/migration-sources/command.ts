import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { CommandMigrations } from '../config/index.ts';
import { SlipwayError } from '../errors.ts';
import { refuseEmptyDatabase } from './empty-database.ts';
import { filesOf, inputPatterns } from './patterns.ts';
import { noteRun, wasRun } from './run-ledger.ts';
import { runShell } from './shell.ts';
import type { MigrationSource, MigrationStep } from './source.ts';
import { withTemporarySuperuser } from './temporary-superuser.ts';

/** Another tool's command. It runs if its inputs have changed since it last ran on the database. */
export function commandSource(migrations: CommandMigrations): MigrationSource {
	const { command, as = 'migrator' } = migrations;
	const cwd = resolve(migrations.cwd ?? '.');
	const step = () => currentStep({ ...migrations, as, cwd });
	return {
		patterns: migrations.inputs.flatMap((input) => inputPatterns(cwd, input)),
		steps: async () => [step()],
		async migrate(target, { onProgress = () => {}, onMigrated = () => {} } = {}) {
			const current = step();
			const { migrator } = target;
			if (await wasRun(migrator, current)) return;
			onProgress(`running ${command}`);
			if (as === 'migrator') await runShell(command, cwd, migrator);
			else await withTemporarySuperuser(target, (login) => runShell(command, cwd, login));
			await refuseEmptyDatabase(migrator, command);
			await noteRun(target, current);
			onMigrated(command);
		},
	};
}

/** The command with a hash of all that its result depends on. */
function currentStep({ command, inputs, as, cwd }: Required<CommandMigrations>): MigrationStep {
	const files = inputs.flatMap((input) => existingFiles(cwd, input));
	const locks = lockFileAbove(cwd);
	const contents = [...files, ...locks].flatMap((file) => [relative(cwd, file), hashOfFile(file)]);
	return { name: command, sha256: hash('sha256', JSON.stringify([command, as, ...contents])) };
}

function existingFiles(cwd: string, input: string): string[] {
	const files = filesOf(inputPatterns(cwd, input));
	if (files.length > 0) return files;
	throw new SlipwayError(
		'no-migration-inputs',
		`the input ${JSON.stringify(input)} of the migrations matches no file in ${cwd}`,
		'Correct "inputs": name the files, folders or glob patterns that the command depends on, relative to the project.',
	);
}

const hashOfFile = (file: string) => hash('sha256', readFileSync(file));

const lockFiles = [
	'package-lock.json',
	'npm-shrinkwrap.json',
	'pnpm-lock.yaml',
	'yarn.lock',
	'bun.lock',
	'bun.lockb',
];

/** The lock file of the project or of its workspace, which decides the version of the tool. */
function lockFileAbove(folder: string): string[] {
	const found = lockFiles.map((name) => join(folder, name)).filter((file) => existsSync(file));
	const parent = dirname(folder);
	return found.length > 0 || parent === folder ? found : lockFileAbove(parent);
}
