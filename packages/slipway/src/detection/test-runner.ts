import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ProjectFolder, readManifest } from './project-folder.ts';

export type RunnerName = 'vitest' | 'jest' | 'mocha' | 'ava' | 'bun' | 'node';

export interface TestRunner {
	readonly name: RunnerName;
	/** The version that is installed, if it is. */
	readonly version: string | undefined;
	/** Its configuration. A field of package.json counts. */
	readonly config: string | undefined;
	/** The script of package.json that runs the tests, and its text. */
	readonly script: { readonly name: string; readonly text: string } | undefined;
}

interface Known {
	readonly name: RunnerName;
	readonly script: RegExp;
	readonly configs: readonly string[];
	/** The field of package.json that can hold its configuration. */
	readonly field?: 'jest' | 'mocha' | 'ava';
}

const sources = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
const named = (name: string) => sources.map((extension) => `${name}.config.${extension}`);

const known: readonly Known[] = [
	{ name: 'vitest', script: /\bvitest\b/, configs: [...named('vitest'), ...named('vite')] },
	{ name: 'jest', script: /\bjest\b/, configs: [...named('jest'), 'jest.config.json'], field: 'jest' },
	{
		name: 'mocha',
		script: /\bmocha\b/,
		configs: [
			'.mocharc.js',
			'.mocharc.cjs',
			'.mocharc.mjs',
			'.mocharc.yaml',
			'.mocharc.yml',
			'.mocharc.json',
			'.mocharc.jsonc',
		],
		field: 'mocha',
	},
	{
		name: 'ava',
		script: /\bava\b/,
		configs: ['ava.config.js', 'ava.config.mjs', 'ava.config.cjs'],
		field: 'ava',
	},
	{ name: 'bun', script: /\bbun (--bun )?test\b/, configs: ['bunfig.toml'] },
	{ name: 'node', script: /\b(node|tsx)\b.*\s--test\b/, configs: [] },
];

/** The runner that the test script names, or else the one that is installed. */
export function detectTestRunner(folder: ProjectFolder): TestRunner | undefined {
	const scripts = Object.entries(folder.manifest.scripts ?? {})
		.filter(([name]) => /test|spec/.test(name))
		.toSorted(([a], [b]) => rank(a) - rank(b));
	for (const [name, text] of scripts) {
		const found = known.find(({ script }) => script.test(text));
		if (found !== undefined) return describe(folder, found, { name, text });
	}
	const installed = known.find(
		({ name, field }) => folder.depends(name) || (field && folder.manifest[field]),
	);
	return installed && describe(folder, installed, undefined);
}

const rank = (script: string) => (script === 'test' ? 0 : script.startsWith('test') ? 1 : 2);

function describe(
	folder: ProjectFolder,
	{ name, configs, field }: Known,
	script: TestRunner['script'],
): TestRunner {
	const option = /(?:--config|-c)[ =](\S+)/.exec(script?.text ?? '')?.[1];
	const inManifest = field !== undefined && folder.manifest[field] !== undefined ? 'package.json' : undefined;
	const config = [option, folder.first(configs), inManifest].find(
		(path) => path !== undefined && folder.has(path),
	);
	return { name, version: name === 'node' ? undefined : installedVersion(folder.root, name), config, script };
}

/** As Node finds packages: in this folder or one above it. */
export function installedVersion(root: string, name: string): string | undefined {
	for (let folder = root; ; folder = dirname(folder)) {
		const path = join(folder, 'node_modules', name);
		if (existsSync(path)) return (readManifest(path) as { readonly version?: string }).version;
		if (folder === dirname(folder)) return undefined;
	}
}
