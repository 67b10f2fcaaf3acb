import type { Command } from 'commander';
import { SlipwayError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { confirm } from '../../terminal/index.ts';

export interface ApprovalOptions {
	readonly yes?: true;
	readonly erase?: true;
}

export function withYesOption(command: Command): Command {
	return command.option('--yes', 'do not ask; needed where there is no terminal to ask on');
}

/** For what may lose data. */
export function withApprovalOptions(command: Command): Command {
	return withYesOption(command).option(
		'--erase',
		'needed as well where NODE_ENV is production: data are lost',
	);
}

/** Throws `not-confirmed` unless `deed`, which may lose data, is really wanted. */
export async function approveLoss(
	deed: string,
	{ yes, erase }: ApprovalOptions,
	{ environment }: Settings,
): Promise<void> {
	if (environment === 'production' && !erase)
		throw new SlipwayError(
			'not-confirmed',
			`NODE_ENV is production, where to ${deed} would lose data for good; nothing was done`,
			'Write a new migration that goes forward. Where the data may go, say --erase as well.',
		);
	if (!yes) await confirm(deed);
}
