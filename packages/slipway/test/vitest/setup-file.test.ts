import { expect, test } from 'vitest';
import type { TestProject, Vitest } from 'vitest/node';
import { addSetupFile } from '../../src/vitest/setup-file.ts';

/** What `addSetupFile` reads and changes of a vitest whose project has this configuration. */
function configuredWith(config: object) {
	const sequence = { setupFiles: 'parallel' };
	const warnings: string[] = [];
	const project = { name: 'api', config: { setupFiles: ['own.ts'], sequence: { ...sequence }, ...config } };
	const vitest = { config: { sequence }, logger: { warn: (text: string) => warnings.push(text) } };
	addSetupFile(vitest as unknown as Vitest, project as unknown as TestProject, ['DATABASE_URL', 'OTHER_URL']);
	return { project: project.config, workspace: vitest.config, warnings };
}

test('the setup file comes before those of the project, and they run one after another', () => {
	const { project, workspace, warnings } = configuredWith({ browser: { enabled: false } });
	expect(project.setupFiles).toEqual([expect.stringMatching(/\/environment-setup\.ts$/), 'own.ts']);
	expect([project.sequence.setupFiles, workspace.sequence.setupFiles]).toEqual(['list', 'list']);
	expect(warnings).toEqual([]);
});

test('a project that runs in a browser gets none', () => {
	const { project, workspace } = configuredWith({ browser: { enabled: true } });
	expect(project.setupFiles).toEqual(['own.ts']);
	expect(workspace.sequence.setupFiles).toBe('parallel');
});

test('a variable in test.env that is overridden is named, with its project', () => {
	const { warnings } = configuredWith({ env: { OTHER_URL: 'mine', ELSE: 'mine' } });
	expect(warnings).toEqual([
		expect.stringMatching(/^slipway: OTHER_URL in test\.env of the project api is ignored/),
	]);
});
