import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResolvedConfig } from '../../src/config/index.ts';
import { projectRoot, runProcess, toolRoot } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A project with these files and the installed packages, in the folder `name`; removed after the test. */
export function makeProject(files: Readonly<Record<string, string>>, name = 'project'): string {
	const project = join(temporaryDirectory(), name);
	const modules = join(project, 'node_modules');
	mkdirSync(modules, { recursive: true });
	for (const name of readdirSync(join(projectRoot, 'node_modules')).filter((name) => name !== '.cache'))
		symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
	for (const [file, text] of Object.entries({ 'package.json': '{}', ...files })) {
		mkdirSync(dirname(join(project, file)), { recursive: true });
		writeFileSync(join(project, file), text);
	}
	return project;
}

export interface Loaded {
	readonly config?: ResolvedConfig;
	readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

const loader = `
	import { pathToFileURL } from 'node:url';
	const { loadConfig } = await import(pathToFileURL(process.argv[1] + '/src/config/index.ts').href);
	try {
		console.log(JSON.stringify({ config: await loadConfig(process.argv[2]) }));
	} catch ({ code, message, hint }) {
		console.log(JSON.stringify({ error: { code, message, hint } }));
	}`;

/** Loads the configuration in a process of its own: in this one, vitest would load the files in place of Node. */
export async function load(project: string): Promise<Loaded> {
	const args = ['--input-type=module', '-e', loader, '--', toolRoot, project];
	const { status, stdout, stderr } = await runProcess(process.execPath, args);
	if (status !== 0 || stderr !== '') throw new Error(stderr);
	return JSON.parse(stdout) as Loaded;
}

/** Loads the configuration of a project with these files. Its path is replaced by `ROOT`. */
export async function loadFiles(files: Readonly<Record<string, string>>): Promise<Loaded> {
	const project = makeProject(files);
	return JSON.parse(JSON.stringify(await load(project)).replaceAll(project, 'ROOT')) as Loaded;
}
