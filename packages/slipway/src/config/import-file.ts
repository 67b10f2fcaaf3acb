import { readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Node calls an ES module in a file whose kind "type" in package.json decides. */
const formats: Readonly<Record<string, string>> = { '.ts': 'module-typescript', '.js': 'module' };

/**
 * Imports a file as an ES module if it is written as one. Node on its own refuses that in a project with `"type": "commonjs"`,
 * which `npm init` writes, and prints a warning in one without a type.
 */
export async function importFile(file: string): Promise<object> {
	const { href } = pathToFileURL(file);
	const format = isWrittenAsModule(file) ? formats[extname(file)] : undefined;
	if (format === undefined) return await import(href);
	// Since Node 22.15.
	const hooks = nodeModule.registerHooks?.({
		load: (url, context, next) => next(url, url === href ? { ...context, format } : context),
	});
	try {
		return await import(href);
	} finally {
		hooks?.deregister();
	}
}

const isWrittenAsModule = (file: string) => /^\s*(import|export)\b/m.test(readFileSync(file, 'utf8'));
