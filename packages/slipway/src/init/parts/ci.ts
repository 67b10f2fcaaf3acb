import type { DetectedProject } from '../../detection/index.ts';
import { installCommand } from '../package-commands.ts';
import type { Part, Request } from '../plan.ts';

/** A workflow of GitHub's that runs the tests, with the snapshots kept between runs. */
export function ci({ project }: Request): Part {
	if (project.workspace !== undefined)
		return {
			notes: ['A workflow belongs to the top of the repository: run npx slipway init --with ci there.'],
		};
	const after = `name: Test
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
${setupSteps(project)}
      - run: ${installCommand(project)}
      # A stale cache does no harm: a snapshot is found by its key or not at all.
      - uses: actions/cache@v4
        with:
          path: node_modules/.cache/slipway/snapshots
          key: slipway-\${{ runner.os }}-\${{ hashFiles(${inputsOf(project)
						.map((each) => `'${each}'`)
						.join(', ')}) }}
          restore-keys: slipway-\${{ runner.os }}-
      - run: ${testCommand(project)}
`;
	return { changes: [{ path: '.github/workflows/test.yml', after, purpose: 'tests on GitHub Actions' }] };
}

function setupSteps({ packageManager: { name }, nodeVersion, folder }: DetectedProject): string {
	const hasLock = ['npm', 'pnpm', 'yarn'].includes(name) && lockFile(folder, name) !== undefined;
	const node = `      - uses: actions/setup-node@v5
        with:
          node-version: ${nodeVersion}${hasLock ? `\n          cache: ${name}` : ''}`;
	const version = folder.manifest.packageManager === undefined ? '\n        with: { version: latest }' : '';
	if (name === 'pnpm') return `      - uses: pnpm/action-setup@v4${version}\n${node}`;
	return name === 'bun' ? `${node}\n      - uses: oven-sh/setup-bun@v2` : node;
}

const lockFile = (folder: DetectedProject['folder'], name: string) =>
	folder.first({ npm: ['package-lock.json'], pnpm: ['pnpm-lock.yaml'], yarn: ['yarn.lock'] }[name] ?? []);

/** What the snapshots are made from. */
function inputsOf({ migrations, packageManager, folder }: DetectedProject): string[] {
	const lock = folder.first(packageManager.lockFiles) ?? 'package.json';
	const value = migrations?.migrations;
	if (value === undefined) return [lock];
	if (typeof value === 'string') return [lock, `${value}/**`];
	const inputs = 'sql' in value ? [value.sql] : value.inputs;
	const at = value.cwd === undefined ? '' : `${value.cwd}/`;
	return [lock, ...inputs.map((input) => `${at}${/[*.]/.test(input) ? input : `${input}/**`}`)];
}

function testCommand({ testRunner, packageManager: { run, exec } }: DetectedProject): string {
	if (testRunner?.script !== undefined) return `${run} ${testRunner.script.name}`;
	const commands = {
		vitest: `${exec} vitest run`,
		jest: `${exec} jest`,
		mocha: `${exec} mocha`,
		ava: `${exec} slipway run -- ava`,
		bun: 'bunx slipway run -- bun test',
		node: 'node --import slipway/register --test',
	};
	return commands[testRunner?.name ?? 'node'];
}
