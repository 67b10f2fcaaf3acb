import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { builtPackage } from '../helpers/built-package.ts';
import {
	type Finished,
	projectRoot,
	type RunningChild,
	runProcess,
	startProcess,
} from '../helpers/child-process.ts';
import { ensurePackages } from '../helpers/install-packages.ts';
import { linkPackages } from '../helpers/link-packages.ts';
import { makeDirectory, temporaryDirectory } from '../helpers/temporary-directory.ts';

let built: string;
/** The snapshots of a test file's projects. */
let snapshots: string;

/** Makes the built package and a folder of snapshots ready for the projects of a test file. */
export function usePackage(): void {
	let directory: ReturnType<typeof makeDirectory>;
	beforeAll(async () => {
		directory = makeDirectory();
		snapshots = join(directory.path, 'snapshots');
		built = await builtPackage();
	});
	afterAll(() => directory[Symbol.dispose]());
}

const versions = join(import.meta.dirname, 'versions');

/** Installs the older versions of vitest. */
export const ensureVersions = () => ensurePackages(versions);

/**
 * A user's project with these files, the built package and the packages of this checkout. `vitest`: one of those in
 * `versions/package.json` instead. Removed after the test.
 */
export function makeProject(files: Readonly<Record<string, string>>, vitest = 'vitest'): string {
	const project = temporaryDirectory();
	const modules = join(project, 'node_modules');
	mkdirSync(modules);
	if (vitest !== 'vitest') symlinkSync(join(versions, 'node_modules', vitest), join(modules, 'vitest'));
	cpSync(built, join(modules, 'slipway'), { recursive: true });
	linkPackages(join(projectRoot, 'node_modules'), modules);
	for (const [name, text] of Object.entries({ 'vitest.config.ts': pluginWith(''), ...basics, ...files })) {
		mkdirSync(dirname(join(project, name)), { recursive: true });
		writeFileSync(join(project, name), text);
	}
	return project;
}

/** A vitest configuration whose plugin has these options. */
export const pluginWith = (options: string) => `
	import { defineConfig } from 'vitest/config';
	import { slipway } from 'slipway/vitest/plugin';
	export default defineConfig({
		plugins: [slipway({ snapshots: '${snapshots}', ${options} })],
		test: { maxWorkers: 2, maxConcurrency: 20 },
	});`;

const basics = {
	'package.json': '{ "type": "module" }',
	'migrations/20260101000000000_create-note.sql': `
		-- Up Migration
		CREATE TABLE note (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL UNIQUE);
		CREATE TABLE page (
			id int PRIMARY KEY,
			next int REFERENCES page (id) DEFERRABLE INITIALLY DEFERRED
		);
		-- Down Migration
		DROP TABLE page, note;`,
};

const vitest = (args: readonly string[]) => ['node_modules/vitest/vitest.mjs', ...args, '--no-color'];

/** Hides the settings of the person who runs these tests. */
const noSettings = { SLIPWAY_POSTGRES: '', POSTGRES_IMAGE: '' };

export function runVitest(
	project: string,
	args: readonly string[] = [],
	env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
	return runProcess(process.execPath, vitest(['run', ...args]), {
		cwd: project,
		env: { ...noSettings, ...env },
	});
}

export function startVitest(
	project: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = {},
): RunningChild {
	return startProcess(process.execPath, vitest(args), { cwd: project, env: { ...noSettings, ...env } });
}
