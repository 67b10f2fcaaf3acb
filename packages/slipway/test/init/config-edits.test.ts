import { describe, expect, test } from 'vitest';
import { detectProject } from '../../src/detection/index.ts';
import { makePlan } from '../../src/init/index.ts';
import { manifest } from '../detection/manifest.ts';
import { folderWith } from '../helpers/project-files.ts';

/** The configuration as init would leave it, or what it asks the user to do. */
function edited(file: string, text: string, dependencies: readonly string[], fields: object = {}): string {
	const files = { 'package.json': manifest(['slipway', ...dependencies], fields), [file]: text };
	const project = detectProject(folderWith(files));
	const { changes, notes } = makePlan({ project, extras: [], runsTypeScript: true });
	return changes.find(({ path }) => path === file)?.after ?? notes.find((note) => note.includes(file)) ?? '';
}

describe('the plugin is added to the configuration of vitest', () => {
	test.each([
		[
			'beside other plugins',
			"import { defineConfig } from 'vitest/config';\nimport paths from 'paths';\n\nexport default defineConfig({\n\tplugins: [paths()],\n});\n",
			"import { defineConfig } from 'vitest/config';\nimport paths from 'paths';\nimport { slipway } from 'slipway/vitest/plugin';\n\nexport default defineConfig({\n\tplugins: [slipway(), paths()],\n});\n",
		],
		[
			'as the first plugin, in the style of the file',
			'import { defineConfig } from "vitest/config"\n\nexport default defineConfig({\n  test: { globals: true },\n})\n',
			'import { defineConfig } from "vitest/config"\nimport { slipway } from "slipway/vitest/plugin"\n\nexport default defineConfig({\n  plugins: [slipway()],\n  test: { globals: true },\n})\n',
		],
		[
			'to a function, past comments and strings with braces in them',
			"import {\n\tdefineConfig,\n} from 'vitest/config';\nexport default defineConfig(({ mode }) => ({\n\t// plugins: [old()] {\n\tdefine: { a: '}', plugins: 1 },\n\tplugins: [\n\t\ta({ plugins: [] }),\n\t],\n}));\n",
			"import {\n\tdefineConfig,\n} from 'vitest/config';\nimport { slipway } from 'slipway/vitest/plugin';\nexport default defineConfig(({ mode }) => ({\n\t// plugins: [old()] {\n\tdefine: { a: '}', plugins: 1 },\n\tplugins: [\n\t\tslipway(),\n\t\ta({ plugins: [] }),\n\t],\n}));\n",
		],
		[
			'to a merged configuration',
			"import { defineConfig, mergeConfig } from 'vitest/config';\nimport vite from './vite.config';\n\nexport default mergeConfig(vite, defineConfig({\n\ttest: {},\n}));\n",
			"import { defineConfig, mergeConfig } from 'vitest/config';\nimport vite from './vite.config';\nimport { slipway } from 'slipway/vitest/plugin';\n\nexport default mergeConfig(vite, defineConfig({\n\tplugins: [slipway()],\n\ttest: {},\n}));\n",
		],
		[
			'to a variable',
			"import { defineConfig } from 'vitest/config';\nconst config = defineConfig({\n\ttest: {},\n});\nexport default config;\n",
			"import { defineConfig } from 'vitest/config';\nimport { slipway } from 'slipway/vitest/plugin';\nconst config = defineConfig({\n\tplugins: [slipway()],\n\ttest: {},\n});\nexport default config;\n",
		],
	])('%s', (_, before, after) => {
		expect(edited('vitest.config.ts', before, ['vitest'])).toContain(
			after.replace(/\n\/\/ a comment.*\n$/, ''),
		);
	});

	test.each([
		["import { make } from './make';\nexport default make();\n"],
		["import { defineConfig } from 'vitest/config';\nexport default defineConfig({ plugins: shared });\n"],
		["const { defineConfig } = require('vitest/config');\nmodule.exports = defineConfig({});\n"],
	])('by hand where its form is not known: %s', (before) => {
		expect(edited('vitest.config.ts', before, ['vitest'])).toBe(
			"Add the plugin to vitest.config.ts: import { slipway } from 'slipway/vitest/plugin'; … plugins: [slipway()]",
		);
	});
});

describe('the environment is added to the configuration of Jest', () => {
	test.each([
		[
			'jest.config.js',
			"module.exports = {\n\tpreset: 'ts-jest',\n\ttestEnvironment: 'node',\n};\n",
			"module.exports = {\n\tglobalSetup: 'slipway/jest/global-setup',\n\tpreset: 'ts-jest',\n\ttestEnvironment: 'slipway/jest',\n};\n",
		],
		[
			'jest.config.ts',
			"import type { Config } from 'jest';\n\nconst config: Config = {\n\tglobalSetup: './setup.ts',\n};\n\nexport default config;\n",
			"import type { Config } from 'jest';\n\nconst config: Config = {\n\ttestEnvironment: 'slipway/jest',\n\tglobalSetup: './setup.ts',\n};\n\nexport default config;\n",
		],
		[
			'jest.config.mjs',
			'/** @type {import("jest").Config} */\nexport default { transform: {} };\n',
			'/** @type {import("jest").Config} */\nexport default { testEnvironment: "slipway/jest", globalSetup: "slipway/jest/global-setup", transform: {} };\n',
		],
	])('%s', (file, before, after) => {
		expect(edited(file, before, ['jest'])).toBe(after);
	});

	test('package.json, of which no other line changes', () => {
		const before = `{
  "name": "project",
  "dependencies": { "slipway": "*", "jest": "*" },
  "jest": {
    "rootDir": "src",
    "testEnvironment": "node"
  }
}
`;
		expect(edited('package.json', before, [])).toBe(
			before.replace(
				'    "rootDir": "src",\n    "testEnvironment": "node"',
				'    "globalSetup": "slipway/jest/global-setup",\n    "rootDir": "src",\n    "testEnvironment": "slipway/jest"',
			),
		);
	});

	test.each([
		["module.exports = { testEnvironment: 'jsdom' };\n"],
		["module.exports = { projects: ['a', 'b'] };\n"],
		['module.exports = async () => load();\n'],
	])('by hand where that would change what is meant: %s', (before) => {
		expect(edited('jest.config.js', before, ['jest'])).toBe(
			"Add to the configuration of Jest in jest.config.js: testEnvironment: 'slipway/jest', globalSetup: 'slipway/jest/global-setup'",
		);
	});
});

test('a variable other than DATABASE_URL is named in the setup', () => {
	const text =
		"import { defineConfig } from 'vitest/config';\nexport default defineConfig({});\n// process.env.POSTGRES_URL\n";
	expect(edited('vitest.config.ts', text, ['vitest'])).toContain("slipway({ url: 'POSTGRES_URL' })");
});

test.each([
	['vitest', "export default { test: { environment: 'jsdom' } };", '// @vitest-environment node\n'],
	['jest', "module.exports = { testEnvironment: 'jsdom' };", '/** @jest-environment slipway/jest */\n'],
])('a first test of %s does not run in an imitation of a browser', (runner, text, line) => {
	const files = { 'package.json': manifest(['slipway', 'pg', runner]), [`${runner}.config.js`]: text };
	const project = detectProject(folderWith(files));
	const { changes } = makePlan({ project, extras: [], runsTypeScript: true });
	expect(changes.find(({ path }) => path === 'test/database.test.js')?.after.startsWith(line)).toBe(true);
});
