import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { defineCommand, runCommand } from '../src/cli/index.ts';
import { SlipwayError } from '../src/errors.ts';

const root = join(import.meta.dirname, '..');

const dist = join(root, 'dist');

const command = defineCommand('scripts/build', 'Makes the package as npm publishes it: JavaScript and types.')
	.option('--out <folder>', 'where to', dist)
	.action(async ({ out }: { out: string }) => {
		const folder = resolve(out);
		// Of a source that is no more. In another folder there may be what is not ours.
		if (folder === dist) rmSync(join(dist, 'src'), { recursive: true, force: true });
		compile(folder);
		excuseOptionalPeers(join(folder, 'src/postgres/container'));
		await bundleFixtures(join(folder, 'src/vitest'));
	});

function compile(folder: string): void {
	const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
	const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder];
	try {
		execFileSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
	} catch (cause) {
		throw new SlipwayError('build-failed', 'the package could not be built', 'Mend what tsc says above.', {
			cause,
		});
	}
}

/** Who has no containers has not got their packages either, and checks the types of his own code all the same. */
function excuseOptionalPeers(folder: string): void {
	for (const name of readdirSync(folder).filter((file) => file.endsWith('.d.ts'))) {
		const types = readFileSync(join(folder, name), 'utf8');
		const imported = /^import .* from '(?:dockerode|testcontainers)';$/gm;
		writeFileSync(join(folder, name), types.replace(imported, '// @ts-ignore: an optional peer\n$&'));
	}
}

/**
 * One file of what every test module loads anew: Node takes 16 ms for its 35 files, and 5 for one. Left out are packages, what
 * is loaded on demand, and the errors, which are those of the package's other entries.
 */
async function bundleFixtures(folder: string): Promise<void> {
	await using bundle = await rolldown({
		input: join(folder, 'index.js'),
		platform: 'node',
		external: (id) => /^(?:node:|\w)/.test(id) || /\/(?:errors|start-postgres)\.js$/.test(id),
	});
	await bundle.write({ file: join(folder, 'index.js') });
}

await runCommand(command, process.argv.slice(2));
