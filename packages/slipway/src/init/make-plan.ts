import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerName } from '../detection/index.ts';
import { ci } from './parts/ci.ts';
import { compose } from './parts/compose.ts';
import { configFile } from './parts/config-file.ts';
import { devcontainer } from './parts/devcontainer.ts';
import { dockerfile } from './parts/dockerfile.ts';
import { firstTest } from './parts/first-test.ts';
import { jestSetup } from './parts/jest.ts';
import { mochaSetup, nodeSetup, runSetup } from './parts/preload.ts';
import { vitestSetup } from './parts/vitest.ts';
import type { Extra, Part, Plan, Request } from './plan.ts';

type MakePart = (request: Request) => Part;

const setups: Readonly<Record<RunnerName, MakePart>> = {
	vitest: vitestSetup,
	jest: jestSetup,
	mocha: mochaSetup,
	node: nodeSetup,
	ava: runSetup('ava'),
	bun: runSetup('bun test'),
};

const additions: Readonly<Record<Extra, MakePart>> = {
	docker: dockerfile,
	compose,
	devcontainer,
	ci,
	branches: () => ({}), // A field of the configuration.
};

/** What init would change in a project. Files that exist stay as they are, except for edits that a part has made. */
export function makePlan(request: Request): Plan {
	const { project, extras } = request;
	const makers = [
		configFile,
		setups[project.testRunner?.name ?? 'node'],
		firstTest,
		...extras.map((name) => additions[name]),
	];
	const parts = makers.map((make) => make(request));
	const changes = parts.flatMap((part) => part.changes ?? []);
	const isTaken = (path: string) => existsSync(join(project.folder.root, path));
	return {
		changes: changes.filter(({ path, before }) => before !== undefined || !isTaken(path)),
		kept: changes.filter(({ path, before }) => before === undefined && isTaken(path)).map(({ path }) => path),
		notes: [...projectNotes(request), ...parts.flatMap((part) => part.notes ?? [])],
	};
}

function projectNotes({ project }: Request): string[] {
	const { folder, packageManager, packages, client, urlVariables, partVariables } = project;
	const notes: string[] = [];
	if (!folder.depends('slipway')) notes.push(`Install the package: ${packageManager.add} slipway`);
	if (packages.length > 0 && client === undefined)
		notes.push('This is a workspace. If only one package uses the database, run init in its folder.');
	if (urlVariables.length === 0 && partVariables.length > 0)
		notes.push(
			`The program reads ${partVariables.join(', ')}. Slipway sets DATABASE_URL and PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE: let it read those.`,
		);
	return notes;
}
