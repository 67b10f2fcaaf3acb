import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { SlipwayError } from '../errors.ts';

/** What the page is made of, by a file of each. The table browser is the version that is tested: its releases are 0.x. */
const packages = {
	'@prisma/studio-core@0.33.0': '@prisma/studio-core/ui/index.css',
	'react@19': 'react',
	'react-dom@19': 'react-dom/client',
	'rolldown@1': 'rolldown/package.json',
};
const stylesheet = packages['@prisma/studio-core@0.33.0'];

const { resolve } = createRequire(import.meta.url);

/** What the browser loads. */
export interface Page {
	readonly script: string;
	readonly style: string;
}

/**
 * Bundles the page from the project's packages. They are development dependencies that only `studio` needs, and Slipway
 * contains no copy of them. Throws `no-studio` where they are missing.
 */
export async function bundlePage(): Promise<Page> {
	const missing = Object.entries(packages).filter(([, file]) => !isInstalled(file));
	if (missing.length > 0) throw noStudio(missing.map(([name]) => name));
	return { script: await bundleScript(), style: await readFile(resolve(stylesheet), 'utf8') };
}

function isInstalled(file: string): boolean {
	try {
		return resolve(file) !== '';
	} catch {
		return false;
	}
}

function noStudio(missing: readonly string[]): SlipwayError {
	return new SlipwayError(
		'no-studio',
		`the table browser needs packages that are not installed: ${missing.join(', ')}`,
		`Install them as development dependencies: npm install --save-dev --save-exact ${missing.join(' ')}`,
	);
}

async function bundleScript(): Promise<string> {
	const { rolldown } = await import('rolldown');
	await using bundle = await rolldown({
		input: join(import.meta.dirname, `page${extname(import.meta.filename)}`),
		platform: 'browser',
		transform: { define: { 'process.env.NODE_ENV': '"production"' } },
		logLevel: 'silent',
	});
	const { output } = await bundle.generate({
		format: 'es',
		codeSplitting: false,
		// Turns off the usage data that Studio would send to Prisma. The page's policy forbids it as well.
		intro: 'globalThis.process = { env: { CHECKPOINT_DISABLE: "1" } };',
	});
	return output[0].code;
}
