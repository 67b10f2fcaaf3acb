import { basename, dirname } from 'node:path';
import type { DetectedProject } from '../../detection/index.ts';

/** Tests of other kinds have setups of their own. */
const isUnitTest = (path: string) =>
	/[._-](test|spec)\.[cm]?[jt]s$/.test(path) && !/e2e|cypress|playwright|browser|\/fixtures?\//i.test(path);

/** Where the first test goes: beside the tests that there are, and called like them. */
export function testPath(project: DetectedProject): string {
	const { folder, language } = project;
	const tests = folder.files.filter(isUnitTest);
	const [sample] = tests.toSorted((a, b) => a.split('/').length - b.split('/').length);
	if (sample !== undefined) {
		const ending = /[._-](?:test|spec)\.[cm]?[jt]s$/.exec(basename(sample))?.[0] ?? '.test.js';
		const at = dirname(sample) === '.' ? '' : `${dirname(sample)}/`;
		return `${at}database${ending}`;
	}
	return `${defaultFolder(project)}/database.test.${language.isTypeScript ? 'ts' : 'js'}`;
}

function defaultFolder({ folder, testRunner }: DetectedProject): string {
	const config = testRunner?.config === undefined ? '' : (folder.text(testRunner.config) ?? '');
	const root = /["']?(?:rootDir|roots)["']?\s*:\s*\[?\s*["'](?:<rootDir>\/|\.\/)?(\w[^"']*)["']/.exec(
		config,
	)?.[1];
	return root ?? ['test', 'tests', '__tests__'].find((name) => folder.has(name)) ?? 'test';
}
