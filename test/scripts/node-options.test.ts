import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { expect, test } from 'vitest';

test.each([
	['migrate', 'lint'],
	['migrate', 'types', '--check'],
	['test', 'test/settings/checks-none', '--passWithNoTests'],
])(
	'scripts/%s %s passes on no NODE_OPTIONS that another folder would give another meaning',
	async (name, ...args) => {
		const folder = temporaryDirectory();
		writeFileSync(join(folder, 'hook.cjs'), '');
		const { status, stderr } = await runProcess(join(projectRoot, 'scripts', name), args, {
			cwd: folder,
			env: { NODE_OPTIONS: '--require ./hook.cjs' },
		});
		expect(stderr).not.toContain('hook.cjs');
		expect(status, stderr).toBe(0);
	},
);
