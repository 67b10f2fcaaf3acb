import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('CONTRIBUTING.md names files that exist', () => {
	const [, table = ''] = read('CONTRIBUTING.md').split('## Where to change what');
	const rows = table.split('\n').filter((line) => line.startsWith('| '));
	const paths = rows.flatMap((row) => [...row.matchAll(/`([^`\s]+)`/g)].map(([, path = '']) => path));
	const missing = paths.filter(
		(path) => !existsSync(path.startsWith('/') ? join(root, path) : join(root, 'packages/slipway/src', path)),
	);
	expect(paths.length).toBeGreaterThan(20);
	expect(missing).toEqual([]);
});

test('the counter uses the version of slipway that is in the repository', () => {
	const { dependencies } = JSON.parse(read('package.json')) as { dependencies: { slipway: string } };
	const { version } = JSON.parse(read('packages/slipway/package.json')) as { version: string };
	expect(dependencies.slipway).toBe(version);
});

test('dependabot looks at every lockfile', () => {
	const files = execFileSync('git', ['ls-files', '*package-lock.json'], { cwd: root, encoding: 'utf8' });
	const folders = files
		.trim()
		.split('\n')
		.map((file) => join('/', dirname(file)));
	const listed = [...read('.github/dependabot.yml').matchAll(/^ {6}- (\/.*)$/gm)].map(([, folder]) => folder);
	expect(listed).toEqual(folders.toSorted());
});
