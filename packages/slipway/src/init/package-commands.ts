import type { DetectedProject } from '../detection/index.ts';

/** Installs the packages: as the lock file says, if there is one. */
export function installCommand({
	packageManager: { name, install, lockFiles },
	folder,
	workspace,
}: DetectedProject): string {
	return workspace !== undefined || folder.first(lockFiles) !== undefined ? install : `${name} install`;
}

/** Removes the packages that only development needs. */
export const pruneCommand = ({ packageManager: { name } }: DetectedProject): string =>
	({
		npm: 'npm prune --omit=dev',
		pnpm: 'CI=true pnpm prune --prod',
		yarn: 'yarn install --production --ignore-scripts --prefer-offline',
		bun: 'rm -rf node_modules && bun install --production',
	})[name];

/** How an image of Node gets the package manager. Undefined where it has it. */
export function managerInstall({ packageManager: { name }, folder }: DetectedProject): string | undefined {
	const version = /@([\d.]+)/.exec(folder.manifest.packageManager ?? '')?.[1];
	if (name === 'npm') return undefined;
	if (name === 'yarn')
		return version === undefined ? undefined : 'npm install --global corepack && corepack enable';
	return `npm install --global ${name}${version === undefined ? '' : `@${version}`}`;
}
