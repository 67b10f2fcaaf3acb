import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SlipwayError } from 'slipway';
import { defineCommand, environmentIn, runCommand } from 'slipway/cli';
import { withImportTable } from 'slipway/test-helpers/import-table';

const root = join(import.meta.dirname, '..');
/** A tool from npm on the project's Node: its shebang line would use the machine's. */
const tool = (name: string) => [process.execPath, join(root, 'node_modules/.bin', name)] as const;
const migrate = (...args: string[]) => [process.execPath, join(root, 'scripts/migrate.ts'), ...args] as const;

const steps = [
	{ name: 'format and lint', command: [...tool('biome'), 'ci', '.'] },
	{ name: 'types', command: [...tool('tsc'), '-p', '.'] },
	{ name: 'migrations', command: migrate('lint') },
	{ name: 'migrations match the models', command: migrate('diff', '--check') },
	{ name: 'row types', command: migrate('types', '--check') },
	{ name: 'tests', command: [process.execPath, join(root, 'scripts/test.ts')] },
] as const;

const command = defineCommand(
	'scripts/check',
	'Runs all the checks of CI: format, lint, types, migrations, models and tests.',
)
	.option('--fix', 'first fix what can be fixed: format, lint, the import table of docs/architecture.md')
	.action(async ({ fix }: { fix?: true }) => {
		if (fix) await fixAll();
		const failed: string[] = [];
		for (const { name, command } of steps) {
			process.stderr.write(`\n== ${name}\n`);
			if ((await run(command)) !== 0) failed.push(name);
		}
		if (failed.length > 0)
			throw new SlipwayError('check-failed', `failed: ${failed.join(', ')}`, 'Fix the problems above.');
	});

async function fixAll(): Promise<void> {
	const architecture = join(root, 'docs/architecture.md');
	writeFileSync(architecture, withImportTable(readFileSync(architecture, 'utf8')));
	await run([...tool('biome'), 'check', '--write', '.']);
}

async function run([file, ...args]: readonly [string, ...string[]]): Promise<number> {
	const env = environmentIn(root, process.env);
	const [code] = await once(spawn(file, args, { cwd: root, env, stdio: 'inherit' }), 'exit');
	return code ?? 1;
}

await runCommand(command, process.argv.slice(2));
