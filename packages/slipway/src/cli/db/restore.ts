import type { Command } from 'commander';
import { copyOver, requireState, undoReplacement } from '../../database/dev-data/index.ts';
import { applyMigrations } from '../../dev/index.ts';
import { SlipwayError } from '../../errors.ts';
import { defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { type CurrentData, withCurrentData } from './data.ts';

interface Options {
	readonly undo?: true;
}

export function restoreCommand(project: Project): Command {
	return defineCommand(
		'restore',
		'bring the data of a saved state back, and apply the migrations that are newer; what was there before is kept for --undo',
	)
		.argument('[name]', 'the name of the state')
		.option('--undo', 'take the last restore, reset or copy back')
		.action((name: string | undefined, options: Options) => restore(project, name, options));
}

async function restore(project: Project, name: string | undefined, { undo }: Options): Promise<void> {
	if ((name === undefined) !== Boolean(undo)) throw whatToRestore();
	await withCurrentData(project, async (current) => {
		const { data, settings, report } = current;
		if (name === undefined) await undoReplacement(data, settings.database.name);
		else await copyOver(data, (await requireState(data, name)).name, settings.database.name);
		report(
			name === undefined
				? 'brought back what was there before; --undo again takes this back'
				: `restored ${JSON.stringify(name)}; npx slipway db restore --undo takes it back`,
		);
		await migrate(current);
	});
}

/** The state may be older than the migrations. */
async function migrate({ data, config, settings, report }: CurrentData): Promise<void> {
	await applyMigrations({ admin: data.admin }, { config, settings, report });
}

function whatToRestore(): SlipwayError {
	return new SlipwayError(
		'no-state-named',
		'npx slipway db restore needs either the name of a saved state or --undo',
		'Run npx slipway db list to see the saved states.',
	);
}
