import type { ResolvedConfig } from '../../config/index.ts';
import type { Settings } from '../../settings/index.ts';
import { checkoutFiles } from '../checkout-files.ts';
import { databaseInUse } from './checkout.ts';
import type { BranchOptions } from './follow.ts';

/** Never in production: what is checked out there does not choose the data, and the data is not copied. */
export const usesBranches = (
	{ dev }: Pick<ResolvedConfig, 'dev'>,
	{ environment, branches }: Settings,
): boolean => (branches ?? dev.branches) && environment !== 'production';

/** The settings with the database that the checkout in `root` used last. Asks neither git nor the server. */
export function settingsInUse(root: string, config: ResolvedConfig, settings: Settings): Settings {
	const name = usesBranches(config, settings) ? databaseInUse(checkoutFiles(root)) : undefined;
	return name === undefined ? settings : { ...settings, database: { ...settings.database, name } };
}

/**
 * The settings with the database of the branch that is checked out, if the project has one for each. Only then is the code
 * for it loaded.
 */
export async function onBranch(options: BranchOptions): Promise<Settings> {
	if (!usesBranches(options.config, options.settings)) return options.settings;
	const { followBranch } = await import('./follow.ts');
	return await followBranch(options);
}
