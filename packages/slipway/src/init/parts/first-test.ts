import type { DetectedProject, RunnerName } from '../../detection/index.ts';
import { type ClientCode, clientCode } from '../first-test/client-code.ts';
import type { ModuleForm } from '../first-test/module-form.ts';
import { type RunnerCode, runnerCodes } from '../first-test/runner-code.ts';
import { isUnitTest, testPath } from '../first-test/test-path.ts';
import type { Part, Request } from '../plan.ts';
import { restyle } from '../restyle.ts';
import { urlExpression } from '../url-option.ts';

const tables = `
		SELECT table_name FROM information_schema.tables
		WHERE table_schema NOT IN ('information_schema', 'pg_catalog', 'slipway')
	`;

/** A test that connects as the project does, and finds the tables of the migrations. */
export function firstTest({ project }: Request): Part {
	if (usesFixtures(project)) return {};
	const file = testPath(project);
	const text = textOf(project, file);
	const notes =
		project.client === undefined
			? ['No client of PostgreSQL was found: the test only looks at the URL. Install one, such as pg.']
			: [];
	return {
		changes: [{ path: file, after: restyle(text, project.language.style), purpose: 'a first test' }],
		notes,
	};
}

/** Tests that import Slipway are no first ones. */
const usesFixtures = ({ folder }: DetectedProject) =>
	folder.files.some((path) => isUnitTest(path) && /['"]slipway\/vitest['"]/.test(folder.text(path) ?? ''));

function textOf(project: DetectedProject, file: string): string {
	const runner = project.testRunner?.name ?? 'node';
	const code = runnerCodes[runner];
	const form = formOf(project, runner, file);
	const globals = runner === 'jest' && hasJestGlobals(project, form);
	const url = urlExpression(project);
	const client = clientCode({
		project,
		form,
		url,
		file,
		query: project.migrations === undefined ? 'SELECT 1 AS one' : tables,
	});
	const after = client !== undefined;
	const imports = [...(client?.imports ?? []), ...code.imports(form, { globals, after })];
	const body = client === undefined ? urlTest(code, url) : clientTest(code, client, project);
	return `${[...environmentLine(project), ...imports, ...(imports.length > 0 ? [''] : []), ...body].join('\n')}\n`;
}

/** Where the tests run in an imitation of a browser, this one does not. */
function environmentLine({ testRunner, folder }: DetectedProject): string[] {
	const config = testRunner?.config === undefined ? '' : (folder.text(testRunner.config) ?? '');
	if (!/nvironment["']?\s*:\s*["'](jsdom|happy-dom|jest-environment-jsdom)/.test(config)) return [];
	return [
		testRunner?.name === 'jest' ? '/** @jest-environment slipway/jest */' : '// @vitest-environment node',
	];
}

const urlTest = (code: RunnerCode, url: string) => [
	code.test('there is a database'),
	`\t${code.matches(url, '/^postgres/')}`,
	'});',
];

function clientTest(code: RunnerCode, client: ClientCode, { migrations }: DetectedProject): string[] {
	return [
		...client.setup,
		`${code.after}(() => ${client.close});`,
		'',
		code.test(migrations === undefined ? 'the database answers' : 'the migrations have made tables'),
		...client.select.map((line) => `\t${line}`),
		`\t${code.some('rows')}`,
		'});',
	];
}

function formOf({ language }: DetectedProject, runner: RunnerName, file: string): ModuleForm {
	if (['vitest', 'bun', 'ava'].includes(runner)) return { keyword: 'import', isNative: true };
	const isModule = language.isModule ? !file.endsWith('.cjs') : /\.m[jt]s$/.test(file);
	if (/\.[cm]?ts$/.test(file)) return { keyword: 'import', isNative: isModule || runner === 'node' };
	return { keyword: isModule ? 'import' : 'require', isNative: isModule };
}

/** JavaScript has them always. The types for TypeScript are a package. */
const hasJestGlobals = ({ folder, language }: DetectedProject, { keyword }: ModuleForm) =>
	!language.isTypeScript ? keyword === 'require' || !language.isModule : folder.depends('@types/jest');
