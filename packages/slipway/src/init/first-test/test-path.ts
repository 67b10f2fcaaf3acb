import { basename, dirname } from 'node:path';
import type { DetectedProject } from '../../detection/index.ts';

/** Tests of other kinds have setups of their own. */
export const isUnitTest = (path: string) =>
	/[._-](test|spec)\.[cm]?[jt]s$/.test(path) && !/e2e|cypress|playwright|browser|\/fixtures?\//i.test(path);

/** Where the first test goes: beside the tests that there are, and called like them. Tests beside their sources are in src. */
export function testPath(project: DetectedProject): string {
	const { folder, language, testRunner } = project;
	const tests = folder.files.filter(isUnitTest);
	const [sample] = tests.toSorted((a, b) => a.split('/').length - b.split('/').length);
	if (sample !== undefined) {
		const ending = /[._-](?:test|spec)\.[cm]?[jt]s$/.exec(basename(sample))?.[0] ?? '.test.js';
		const at = dirname(sample) === '.' ? '' : `${sample.startsWith('src/') ? 'src' : dirname(sample)}/`;
		return `${at}database${ending}`;
	}
	const config = testRunner?.config === undefined ? '' : (folder.text(testRunner.config) ?? '');
	// Node warns of modules in files that could be CommonJS.
	const typeScript = runsOnNode(project) && !language.isModule ? 'mts' : 'ts';
	return `${folderIn(config, folder)}/database.${kindIn(config)}.${language.isTypeScript ? typeScript : 'js'}`;
}

const runsOnNode = ({ testRunner }: DetectedProject) => (testRunner?.name ?? 'node') === 'node';

/** The root or the pattern that the configuration names, or else a folder that is usual. */
function folderIn(config: string, folder: DetectedProject['folder']): string {
	const root = /["']?(?:rootDir|roots)["']?\s*:\s*\[?\s*["'](?:<rootDir>\/|\.\/)?(\w[^"']*)["']/.exec(
		config,
	)?.[1];
	const pattern = /['"](?:<rootDir>\/|\.\/)?([\w./-]+?)\/\*\*\/[^'"]*(?:test|spec)[^'"]*['"]/.exec(
		config,
	)?.[1];
	return root ?? pattern ?? ['test', 'tests', '__tests__'].find((name) => folder.has(name)) ?? 'test';
}

/** `spec` where the patterns of the configuration take only that. */
function kindIn(config: string): string {
	const patterns = /["']?(?:testRegex|testMatch|include)["']?\s*:\s*([^\n]*)/.exec(config)?.[1] ?? '';
	return patterns.includes('spec') && !patterns.includes('test') ? 'spec' : 'test';
}
