import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandNames } from '../../src/cli/package-manager.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

function projectWith(...files: readonly string[]): string {
	const project = temporaryDirectory();
	for (const file of ['package.json', ...files]) writeFileSync(join(project, file), '{}');
	return project;
}

describe('a command is named as', () => {
	test.each([
		['npm/11.6.2 node/v24.21.0 linux x64', 'npx slipway seed'],
		['pnpm/10.34.9 npm/? node/v24.21.0 linux x64', 'pnpm exec slipway seed'],
		['yarn/1.22.22 npm/? node/v24.21.0 linux x64', 'yarn slipway seed'],
		['bun/1.3.0 npm/? node/v24.3.0 linux x64', 'bunx slipway seed'],
	])('%s runs it', (agent, expected) => {
		// Whatever the project is of, the command to repeat is the one that was given.
		const project = projectWith('yarn.lock');
		expect(commandNames({ npm_config_user_agent: agent }, project)('seed')).toBe(expected);
	});

	test.each([
		['package-lock.json', 'npx slipway seed'],
		['pnpm-lock.yaml', 'pnpm exec slipway seed'],
		['yarn.lock', 'yarn slipway seed'],
		['bun.lock', 'bunx slipway seed'],
	])('the package manager of %s runs it, when no package manager does', (lockfile, expected) => {
		expect(commandNames({}, projectWith(lockfile))('seed')).toBe(expected);
	});
});
