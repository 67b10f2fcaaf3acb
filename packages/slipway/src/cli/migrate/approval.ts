import type { Command } from 'commander';
import { SlipwayError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { confirm } from '../../terminal/index.ts';

export interface ApprovalOptions {
	readonly yes?: true;
	readonly erase?: true;
}

export function withYesOption(command: Command): Command {
	return command.option('--yes', 'do not ask for confirmation; required without a terminal');
}

/** For commands that may lose data. */
export function withApprovalOptions(command: Command): Command {
	return withYesOption(command).option(
		'--erase',
		'also required if NODE_ENV is production, because data is lost',
	);
}

/** Throws `not-confirmed` unless the user confirms `operation`, which may lose data. */
export async function approveLoss(
	operation: string,
	{ yes, erase }: ApprovalOptions,
	{ environment }: Settings,
): Promise<void> {
	if (environment === 'production' && !erase)
		throw new SlipwayError(
			'not-confirmed',
			`NODE_ENV is production, and to ${operation} would lose data for good; nothing was done`,
			'Write a new migration that fixes the schema instead. If the data may be lost, also pass --erase.',
		);
	if (!yes) await confirm(operation);
}
