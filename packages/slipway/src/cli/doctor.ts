import type { Command } from 'commander';
import { type Diagnosis, examine } from '../doctor/index.ts';
import { SlipwayError } from '../errors.ts';
import type { Settings } from '../settings/index.ts';
import { defineCommand, withCommandNames } from '../terminal/index.ts';
import { print, printJson } from './output.ts';
import { type Project, settingsOf } from './project.ts';

export function doctorCommand(project: Project): Command {
	return defineCommand(
		project.commandName('doctor'),
		'Checks this machine and project and suggests fixes. Changes nothing. Exits with 1 if it finds an error.',
	)
		.option('--json', 'print a JSON array')
		.action((options: { json?: true }) => doctor(project, options));
}

async function doctor(project: Project, { json }: { json?: true }): Promise<void> {
	const { root, environment } = project;
	const asRun = (text: string) => withCommandNames(text, project.commandName);
	const settings = await settingsOrError(project);
	const findings = (await examine({ root, environment, settings })).map((finding) => ({
		...finding,
		message: asRun(finding.message),
		...(finding.fix !== undefined && { fix: asRun(finding.fix) }),
	}));
	if (json) printJson(findings);
	else print(findings.map(toText).join('\n'));
	if (findings.some(({ level }) => level === 'error')) process.exitCode = 1;
}

async function settingsOrError(project: Project): Promise<Settings | SlipwayError> {
	try {
		return await settingsOf(project);
	} catch (error) {
		if (error instanceof SlipwayError) return error;
		throw error;
	}
}

function toText({ level, check, message, fix }: Diagnosis): string {
	const line = `${level.padEnd(7)} ${check}: ${message}`;
	return [line, ...(fix?.split('\n') ?? [])].join(`\n${' '.repeat(10)}`);
}
