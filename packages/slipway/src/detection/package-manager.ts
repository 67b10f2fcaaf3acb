import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from './project-folder.ts';

export interface PackageManager {
	readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
	readonly lockFiles: readonly string[];
	/** The command that runs a package's program. */
	readonly exec: string;
	/** The command that adds a package for development. */
	readonly add: string;
	/** The command that installs what the lock file names. */
	readonly install: string;
	/** Runs a script of package.json. */
	readonly run: string;
}

export const npm: PackageManager = {
	name: 'npm',
	lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
	exec: 'npx',
	add: 'npm install --save-dev',
	install: 'npm ci',
	run: 'npm run',
};

const managers: readonly PackageManager[] = [
	{
		name: 'pnpm',
		lockFiles: ['pnpm-lock.yaml'],
		exec: 'pnpm exec',
		add: 'pnpm add --save-dev',
		install: 'pnpm install --frozen-lockfile',
		run: 'pnpm run',
	},
	{
		name: 'yarn',
		lockFiles: ['yarn.lock'],
		exec: 'yarn',
		add: 'yarn add --dev',
		install: 'yarn install --immutable',
		run: 'yarn run',
	},
	{
		name: 'bun',
		lockFiles: ['bun.lock', 'bun.lockb'],
		exec: 'bunx',
		add: 'bun add --dev',
		install: 'bun install --frozen-lockfile',
		run: 'bun run',
	},
	npm,
];

/** By the field `packageManager` or the lock file, of the closest of these folders that has one. Default: npm. */
export function detectPackageManager(folders: readonly string[]): PackageManager {
	for (const folder of folders) {
		const named = readManifest(folder).packageManager?.split('@')[0];
		const found =
			managers.find(({ name }) => name === named) ??
			managers.find(({ lockFiles }) => lockFiles.some((file) => existsSync(join(folder, file))));
		if (found?.name === 'yarn' && !existsSync(join(folder, '.yarnrc.yml')))
			return { ...found, install: 'yarn install --frozen-lockfile' };
		if (found !== undefined) return found;
	}
	return npm;
}
