import { type Command, InvalidArgumentError } from 'commander';
import { type Diagnosis, type DoctorOptions, examine, repair } from '../doctor/index.ts';
import { SlipwayError } from '../errors.ts';
import { defineCommand, withCommandNames } from '../terminal/index.ts';
import { print, printJson } from './output.ts';
import { configOf, type Project, settingsOf } from './project.ts';

interface Options {
	readonly fix?: true;
	readonly json?: true;
	readonly timeout: number;
}

export function doctorCommand(project: Project): Command {
	return defineCommand(
		project.commandName('doctor'),
		'Checks this machine and project and suggests fixes. Changes nothing, except with --fix. Exits with 1 if it finds an error.',
	)
		.option(
			'--fix',
			'fix what can be fixed without risk to data: leftovers, permissions of the dev data, links to libraries',
		)
		.option('--json', 'print a JSON array')
		.option('--timeout <seconds>', 'give up a check after this time', parseSeconds, 1.5)
		.action((options: Options) => doctor(project, options));
}

function parseSeconds(text: string): number {
	const seconds = Number(text);
	if (seconds > 0 && Number.isFinite(seconds)) return seconds;
	throw new InvalidArgumentError('Pass a number of seconds.');
}

async function doctor(project: Project, { fix, json, timeout }: Options): Promise<void> {
	const { root, environment } = project;
	const options = { root, environment, ...(await readProject(project)), timeout: timeout * 1000 };
	const found = await examine(options);
	const findings = (fix ? await repair(found) : found).map((finding) => toOutput(finding, project));
	if (json) printJson(findings);
	else print(inGroups(findings).map(toText).join('\n'));
	if (findings.some(({ level }) => level === 'error')) process.exitCode = 1;
	// What a check that was given up waits for would keep this process alive.
	process.stdout.write('', () => process.exit());
}

/** The configuration and the settings, or what is wrong with them. */
async function readProject(project: Project): Promise<Pick<DoctorOptions, 'config' | 'settings'>> {
	let config: DoctorOptions['config'];
	try {
		config = await configOf(project);
		return { config, settings: await settingsOf(project) };
	} catch (error) {
		if (error instanceof SlipwayError) return { config, settings: error };
		throw error;
	}
}

type Output = Pick<Diagnosis, 'check' | 'level' | 'message' | 'fix'>;

/** With the commands as this user runs them. */
function toOutput({ check, level, message, fix }: Diagnosis, { commandName }: Project): Output {
	const asRun = (text: string) => withCommandNames(text, commandName);
	return { check, level, message: asRun(message), ...(fix !== undefined && { fix: asRun(fix) }) };
}

/** What several checks found, such as that they did not finish, is said once. */
function inGroups(findings: readonly Output[]): readonly Output[] {
	const groups = Map.groupBy(findings, ({ level, message, fix }) => JSON.stringify([level, message, fix]));
	return Array.from(groups.values(), (group) => ({
		...(group[0] as Output),
		check: [...new Set(group.map(({ check }) => check))].join(', '),
	}));
}

function toText({ level, check, message, fix }: Output): string {
	const line = `${level.padEnd(7)} ${check}: ${message}`;
	return [line, ...(level === 'fixed' ? [] : (fix?.split('\n') ?? []))].join(`\n${' '.repeat(10)}`);
}
