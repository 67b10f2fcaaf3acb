import { type Command, InvalidArgumentError } from 'commander';
import type { MigrateOptions } from '../../database/migrations/index.ts';
import { durationProblem, type Settings } from '../../settings/index.ts';
import { print, tell } from './output.ts';

/** What `up`, `down` and `redo` have in common. */
export interface RunOptions {
	readonly dryRun?: boolean;
	readonly lockTimeout?: string;
	readonly statementTimeout?: string;
	readonly lockRetries?: number;
}

export function withRunOptions(command: Command): Command {
	return command
		.option('--dry-run', 'print the SQL that would run, and run nothing')
		.option(
			'--lock-timeout <time>',
			'how long to wait for a lock, such as 3s (DB_MIGRATOR_LOCK_TIMEOUT)',
			parseDuration,
		)
		.option('--lock-retries <n>', 'how often to try again after that (5)', parseRetries)
		.option(
			'--statement-timeout <time>',
			'how long a statement may take, such as 1min (DB_MIGRATOR_STATEMENT_TIMEOUT)',
			parseDuration,
		);
}

/** `verb` is what was done to a migration. */
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
	return { onProgress: tell, onMigrated, timeouts, dryRun, ...(dryRun && { onSql: printSql }) };
}

export function printSql(sql: string): void {
	print(sql.endsWith(';') ? sql : `${sql};`);
}

export function parseCount(text: string): number {
	if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is a number from 1.');
	return Number(text);
}

function parseRetries(text: string): number {
	if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a number from 0.');
	return Number(text);
}

function parseDuration(text: string): string {
	if (durationProblem(text) === undefined) return text;
	throw new InvalidArgumentError(
		'It is a whole number with ms, s, min, h or d, such as 3s, up to 24d; 0 is no limit.',
	);
}
