import { join } from 'node:path';
import { defineCommand, runCommand } from '../src/cli/index.ts';
import { type Diagnosis, examine } from '../src/doctor/index.ts';

const root = join(import.meta.dirname, '..');

const command = defineCommand(
	'scripts/doctor',
	'Says what is wrong with this machine or set-up, and the mend. Changes nothing. Exits 1 when there is an error.',
)
	.option('--json', 'as JSON')
	.action(async ({ json }: { json?: true }) => {
		const findings = await examine({ root, environment: process.env, envFile: join(root, '.env') });
		print(json ? JSON.stringify(findings, undefined, '\t') : findings.map(toText).join('\n'));
		if (findings.some(({ level }) => level === 'error')) process.exitCode = 1;
	});

await runCommand(command, process.argv.slice(2));

function toText({ level, check, message, mend }: Diagnosis): string {
	const line = `${level.padEnd(7)} ${check}: ${message}`;
	return [line, ...(mend?.split('\n') ?? [])].join(`\n${' '.repeat(10)}`);
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
