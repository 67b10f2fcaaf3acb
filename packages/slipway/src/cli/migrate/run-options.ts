import { type Command, InvalidArgumentError } from 'commander';
import type { MigrateOptions } from '../../database/migrations/index.ts';
import { durationProblem, type Settings } from '../../settings/index.ts';
import { print, report } from '../output.ts';

/** What `up`, `down` and `redo` have in common. */
export interface RunOptions {
	readonly dryRun?: boolean;
	readonly lockTimeout?: string;
	readonly statementTimeout?: string;
	readonly lockRetries?: number;
}

export function withRunOptions(command: Command): Command {
	return command
		.option('--dry-run', 'print the SQL without running it')
		.option(
			'--lock-timeout <time>',
			'how long to wait for a lock, such as 3s (DB_MIGRATOR_LOCK_TIMEOUT)',
			parseDuration,
		)
		.option('--lock-retries <n>', 'how often to retry after that (default: 5)', parseRetries)
		.option(
			'--statement-timeout <time>',
			'how long a statement may take, such as 1min (DB_MIGRATOR_STATEMENT_TIMEOUT)',
			parseDuration,
		);
}

export function toMigrateOptions(
	{ dryRun = false, lockTimeout, statementTimeout, lockRetries }: RunOptions,
	{ migrations }: Settings,
	onMigrated: (name: string) => void,
): MigrateOptions {
	const timeouts = {
		...migrations,
		...(lockTimeout !== undefined && { lockTimeout }),
		...(statementTimeout !== undefined && { statementTimeout }),
		...(lockRetries !== undefined && { lockRetries }),
	};
	return { onProgress: report, onMigrated, timeouts, dryRun, ...(dryRun && { onSql: printSql }) };
}

export function printSql(sql: string): void {
	print(sql.endsWith(';') ? sql : `${sql};`);
}

export function parseCount(text: string): number {
	if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
	return Number(text);
}

function parseRetries(text: string): number {
	if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
	return Number(text);
}

function parseDuration(text: string): string {
	if (durationProblem(text) === undefined) return text;
	throw new InvalidArgumentError(
		'It must be a whole number with ms, s, min, h or d, such as 3s, at most 24d; 0 is no limit.',
	);
}
