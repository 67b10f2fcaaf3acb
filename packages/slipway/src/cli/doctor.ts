import type { Command } from 'commander';
import { type Diagnosis, examine } from '../doctor/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { envFileOf, type Project } from './project.ts';

export function doctorCommand(project: Project): Command {
	return defineCommand(
		project.commandName('doctor'),
		'Says what is wrong with this machine or set-up, and the mend. Changes nothing. Exits 1 when there is an error.',
	)
		.option('--json', 'as JSON')
		.action((options: { json?: true }) => doctor(project, options));
}

async function doctor(project: Project, { json }: { json?: true }): Promise<void> {
	const { root, environment } = project;
	const findings = await examine({ root, environment, envFile: envFileOf(project) });
	print(json ? JSON.stringify(findings, undefined, '\t') : findings.map(toText).join('\n'));
	if (findings.some(({ level }) => level === 'error')) process.exitCode = 1;
}

function toText({ level, check, message, mend }: Diagnosis): string {
	const line = `${level.padEnd(7)} ${check}: ${message}`;
	return [line, ...(mend?.split('\n') ?? [])].join(`\n${' '.repeat(10)}`);
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
