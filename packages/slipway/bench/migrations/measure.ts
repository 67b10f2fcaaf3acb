import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../src/start-postgres.ts';
import { makeFolder } from '../folder.ts';
import { type Milliseconds, withMedians } from '../milliseconds.ts';
import { timeCommand } from '../time-command.ts';
import { makeSnapshot, measureDiff } from './measure-diff.ts';
import { writeCounter, writeManyTables } from './schema-project.ts';

export interface MigrationBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	readonly report: (line: string) => void;
}

const count = 1000;

/** Measures each command on a new server in each round, and `diff` on its own temporary servers. */
export async function measureMigrations({ root, rounds, report }: MigrationBenchmark): Promise<Milliseconds> {
	using outer = makeFolder(tmpdir());
	const directory = join(outer.path, 'small');
	writeMigrations(directory);
	const projects = [
		writeCounter(join(outer.path, 'counter'), root),
		writeManyTables(join(outer.path, 'many-tables')),
	];
	for (const project of projects) await makeSnapshot(root, project);
	const measured: Record<string, number>[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		const figures = await measureRound(root, directory);
		for (const project of projects) Object.assign(figures, await measureDiff(root, project));
		measured.push(figures);
	}
	return withMedians(measured);
}

/** In a repository, because `status` asks git where pending migrations come from. */
function writeMigrations(directory: string): void {
	mkdirSync(directory);
	for (let number = 1; number <= count; number++)
		writeFileSync(
			join(directory, `${number}_add-t${number}.sql`),
			`-- Up Migration\nCREATE TABLE t${number} (id int);\n-- Down Migration\nDROP TABLE t${number};\n`,
		);
	const git = (...args: string[]) => execFileSync('git', ['-C', directory, ...args]);
	git('init', '--quiet');
	git('add', '.');
	git('-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'Add');
}

async function measureRound(root: string, directory: string): Promise<Record<string, number>> {
	await using server = await startPostgres();
	const { migrator } = server;
	const environment = {
		DB_HOST: migrator.host,
		DB_PORT: String(migrator.port),
		DB_MIGRATOR_PASSWORD: migrator.password,
	};
	const time = (expected: number, ...args: string[]) =>
		timeCommand(join(root, 'scripts/migrate'), [...args, '--directory', directory], {
			environment,
			expected,
		});
	return {
		'status, 1,000 pending': await time(3, 'status'),
		'up, 1,000 small migrations': await time(0, 'up'),
		'status, 1,000 applied': await time(0, 'status'),
		'up, nothing pending': await time(0, 'up'),
		'down --all, 1,000 small migrations': await time(0, 'down', '--all', '--yes'),
	};
}
