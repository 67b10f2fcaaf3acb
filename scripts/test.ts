import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { defineCommand, environmentIn, runCommand } from 'slipway/cli';

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');

const command = defineCommand('scripts/test', 'Runs the tests, each file on its own PostgreSQL server.')
	.argument('[arguments...]', 'arguments for vitest: part of a file name, --watch, -t PATTERN, …')
	.allowUnknownOption()
	.action(async (passedOn: string[]) => {
		const watching = passedOn.some((argument) => argument === '--watch' || argument === '-w');
		const mode = watching ? [] : ['run'];
		const child = spawn(process.execPath, [vitest, ...mode, ...passedOn], {
			cwd: root,
			env: environmentIn(root, process.env),
			stdio: 'inherit',
		});
		const [code] = await once(child, 'exit');
		process.exitCode = code ?? 1;
	});

await runCommand(command, process.argv.slice(2));
