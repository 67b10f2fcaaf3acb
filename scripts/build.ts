import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { SlipwayError } from 'slipway';
import { defineCommand, runCommand } from 'slipway/cli';

const root = join(import.meta.dirname, '..');
const source = join(root, 'packages/slipway');
const dist = join(source, 'dist');

const command = defineCommand(
	'scripts/build',
	'Builds the slipway package for npm: JavaScript, types and package.json.',
)
	.option('--out <folder>', 'output folder', dist)
	.action(async ({ out }: { out: string }) => {
		const folder = resolve(out);
		// Removes the output of deleted sources. Any other folder may hold files that are not ours.
		if (folder === dist) rmSync(dist, { recursive: true, force: true });
		compile(folder);
		// Marks the folder as CommonJS.
		cpSync(join(source, 'src/jest/package.json'), join(folder, 'jest/package.json'));
		excuseOptionalPeers(folder);
		await bundleFixtures(join(folder, 'vitest'));
		chmodSync(join(folder, 'cli/main.js'), 0o755);
		writeManifest(folder);
		cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
		writeFileSync(
			join(folder, 'README.md'),
			withAbsoluteLinks(readFileSync(join(root, 'README.md'), 'utf8')),
		);
	});

function compile(folder: string): void {
	const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
	const args = [tsc, '-p', join(source, 'tsconfig.build.json'), '--outDir', folder];
	try {
		execFileSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
	} catch (cause) {
		throw new SlipwayError('build-failed', 'the package could not be built', 'Fix the errors above.', {
			cause,
		});
	}
}

/** Projects that use no containers, or not pg, lack these packages or their types, but still type-check the declarations. */
function excuseOptionalPeers(folder: string): void {
	for (const name of globSync('**/*.d.ts', { cwd: folder })) {
		const types = readFileSync(join(folder, name), 'utf8');
		const imported = /^import .* from '(?:dockerode|pg|testcontainers)';$/gm;
		writeFileSync(join(folder, name), types.replace(imported, '// @ts-ignore: an optional peer\n$&'));
	}
}

/**
 * Bundles what every test file loads: Node takes 16 ms for the 35 files, and 5 ms for one. The bundles leave out packages,
 * modules that are loaded on demand, and the error classes, which must be the same as in the package's other entries. The
 * setup file has a bundle of its own, because files without fixtures load nothing else.
 */
async function bundleFixtures(folder: string): Promise<void> {
	for (const file of ['index.js', 'environment-setup.js'].map((name) => join(folder, name))) {
		await using bundle = await rolldown({
			input: file,
			platform: 'node',
			external: (id) =>
				/^(?:node:|\w)/.test(id) ||
				/\/(?:errors|start-postgres|database-host|shared-database|full-disk|denials\/index)\.js$/.test(id),
			treeshake: { moduleSideEffects: 'no-external' },
		});
		await bundle.write({ file });
	}
}

/** The package has none of the files that the README links to and shows. */
function withAbsoluteLinks(readme: string): string {
	const repository = 'slipway-dev/slipway';
	return readme
		.replaceAll(/\]\((?=[A-Za-z./-]+\.md)/g, `](https://github.com/${repository}/blob/main/`)
		.replaceAll(/(src(?:set)?=")(?=docs\/)/g, `$1https://raw.githubusercontent.com/${repository}/main/`);
}

interface Manifest {
	readonly exports: Readonly<Record<string, string>>;
	readonly bin: Readonly<Record<string, string>>;
	readonly [field: string]: unknown;
}

/** The manifest in the workspace points to the source, the published one to the build. */
function writeManifest(folder: string): void {
	const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
	const { devDependencies: _, ...published } = manifest;
	const built = (path: string, extension: string) =>
		path.replace(/^\.\/src\//, './').replace(/\.ts$/, extension);
	const entries = Object.entries(manifest.exports)
		.filter(([, path]) => path.startsWith('./src/'))
		.map(([name, path]) => [name, { types: built(path, '.d.ts'), default: built(path, '.js') }]);
	const bin = Object.entries(manifest.bin).map(([name, path]) => [name, built(path, '.js')]);
	writeFileSync(
		join(folder, 'package.json'),
		`${JSON.stringify(
			{
				...published,
				bin: Object.fromEntries(bin),
				main: './index.js',
				types: './index.d.ts',
				exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
			},
			undefined,
			'\t',
		)}\n`,
	);
}

await runCommand(command, process.argv.slice(2));
