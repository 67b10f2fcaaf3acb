import type { DetectedProject } from '../../detection/index.ts';
import type { Part, Request } from '../plan.ts';
import { assignments } from '../url-option.ts';

const option = '--import slipway/register';

/** node:test takes its setup from the command line, and package.json is not edited. */
export function nodeSetup({ project }: Request): Part {
	const { name = 'test', text = 'node --test' } = project.testRunner?.script ?? {};
	if (assignments(project) !== '') return runFor(project, text);
	if (text.includes('slipway/register')) return {};
	return scriptNote(name, text.replace(/\b(node|tsx)\b/, `$1 ${option}`));
}

/** Mocha takes modules to load first from its configuration, which is written if there is none. */
export function mochaSetup({ project }: Request): Part {
	const { testRunner, folder } = project;
	if (assignments(project) !== '') return runFor(project, 'mocha');
	const path = testRunner?.config;
	const isDone = [path, 'package.json'].some(
		(file) => file !== undefined && folder.text(file)?.includes('slipway/register'),
	);
	if (isDone) return {};
	const setting = '"require": ["slipway/register"]';
	if (path !== undefined) return { notes: [`Add to the configuration of Mocha in ${path}: ${setting}`] };
	const after = `{\n\t${setting}\n}\n`;
	return { changes: [{ path: '.mocharc.json', after, purpose: 'the preload: a server for the tests' }] };
}

/** Runners that start workers in a way of their own get one server for the whole run. */
export const runSetup =
	(command: string) =>
	({ project }: Request): Part =>
		runFor(project, command);

/** The script with a server around it, and with the login under the names that the program reads. */
function runFor(project: DetectedProject, command: string): Part {
	const { name = 'test', text = command } = project.testRunner?.script ?? {};
	if (/\bslipway run\b/.test(text)) return {};
	const names = assignments(project);
	return scriptNote(name, `slipway run -- ${names === '' ? text : `sh -c '${names}${text}'`}`);
}

const scriptNote = (name: string, command: string): Part => ({
	notes: [`In package.json, let the script "${name}" be: ${command}`],
});
