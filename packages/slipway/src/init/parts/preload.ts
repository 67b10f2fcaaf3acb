import type { Part, Request } from '../plan.ts';

const option = '--import slipway/register';

/** node:test takes its setup from the command line, and package.json is not edited. */
export function nodeSetup({ project: { testRunner, language } }: Request): Part {
	const text =
		testRunner?.script?.text ?? (language.isModule || !language.isTypeScript ? 'node --test' : 'node --test');
	if (text.includes('slipway/register')) return {};
	const name = testRunner?.script?.name ?? 'test';
	const command = text.replace(/\b(node|tsx)\b/, `$1 ${option}`);
	return { notes: [`In package.json, let the script "${name}" be: ${command}`] };
}

/** Mocha takes modules to load first from its configuration, which is written if there is none. */
export function mochaSetup({ project: { testRunner, folder } }: Request): Part {
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
export function runSetup(command: string) {
	return ({ project: { testRunner } }: Request): Part => {
		const { name = 'test', text = command } = testRunner?.script ?? {};
		if (/\bslipway run\b/.test(text)) return {};
		return { notes: [`In package.json, let the script "${name}" be: slipway run -- ${text}`] };
	};
}
