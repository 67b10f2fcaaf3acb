import { cpSync, globSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

export interface StackCopy {
	readonly folder: string;
	/** The package that uses Slipway: the project, or a package of its workspace. */
	readonly home: string;
	/** pnpm and its version, where the project names them. */
	readonly packageManager: string | undefined;
}

/** Copies an example project to `folder`, without what is installed or generated. */
export function copyStack(root: string, name: string, folder: string): StackCopy {
	cpSync(join(root, 'examples/stacks', name), folder, {
		recursive: true,
		filter: (source) => !['node_modules', 'generated'].includes(basename(source)),
	});
	const [configuration = ''] = globSync('{,packages/*/}slipway.config.*', { cwd: folder });
	const { packageManager } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	return { folder, home: dirname(join(folder, configuration)), packageManager };
}

/** Of install commands. Install scripts would download Prisma's schema engine. */
export const installFlags = ['--prefer-offline', '--ignore-scripts'] as const;

/** What the commands of the projects need in their environment, to run on this Node. */
export const stackEnvironment = {
	PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
	// `prisma generate` downloads the schema engine, although it does not run it, unless this names a file.
	PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
};
