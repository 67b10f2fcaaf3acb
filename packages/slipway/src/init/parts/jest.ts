import { quote, styleOf } from '../../detection/index.ts';
import { insertFields } from '../config-edit/insert.ts';
import { maskLiterals } from '../config-edit/mask.ts';
import { type ConfigObject, configObjectIn, fieldsFrom } from '../config-edit/object.ts';
import type { Part, Request } from '../plan.ts';
import { restyle } from '../restyle.ts';
import { urlOption } from '../url-option.ts';

const purpose = 'the environment: a server for each test file';

/** The test environment, in the configuration of Jest. */
export function jestSetup(request: Request): Part {
	const { folder, testRunner } = request.project;
	const path = testRunner?.config;
	if (path === undefined) return newConfig(request);
	const before = folder.text(path) ?? '';
	if (before.includes('slipway/jest')) return {};
	const after = path.endsWith('.json') ? editedJson(before, path, request) : editedModule(before, request);
	if (after !== undefined) return { changes: [{ path, before, after, purpose }] };
	const lines = Object.entries(settingsOf(request)).map(([name, value]) => `${name}: ${value}`);
	return { notes: [`Add to the configuration of Jest in ${path}: ${lines.join(', ')}`] };
}

/** The settings to add, as code. */
function settingsOf({ project }: Request): Record<string, string> {
	const url = urlOption(project);
	return {
		testEnvironment: "'slipway/jest'",
		globalSetup: "'slipway/jest/global-setup'",
		...(url !== undefined && { testEnvironmentOptions: `{ url: ${quote(url)} }` }),
	};
}

function newConfig(request: Request): Part {
	const { isTypeScript, isModule, style } = request.project.language;
	const preset = isTypeScript && request.project.folder.depends('ts-jest') ? { preset: "'ts-jest'" } : {};
	const lines = Object.entries({ ...preset, ...settingsOf(request) }).map(
		([name, value]) => `\t${name}: ${value},\n`,
	);
	const text = `${isModule ? 'export default' : 'module.exports ='} {\n${lines.join('')}};\n`;
	return { changes: [{ path: 'jest.config.js', after: restyle(text, style), purpose }] };
}

function editedModule(text: string, request: Request): string | undefined {
	const object = configObjectIn(text);
	return object && withSettings(text, object, request, (name, value) => `${name}: ${value},`);
}

/** package.json, or a file with the configuration alone. Only the lines in question change. */
function editedJson(text: string, path: string, request: Request): string | undefined {
	const start = path.endsWith('package.json') ? /"jest"\s*:\s*\{/.exec(text) : /^\s*\{/.exec(text);
	if (start === null) return undefined;
	const from = start.index + start[0].length;
	const object = { start: from, fields: fieldsFrom(keepNames(text), from) };
	const json = (value: string) => value.replaceAll("'", '"').replaceAll(/\{ (\w+):/g, '{ "$1":');
	return withSettings(text, object, request, (name, value) => `"${name}": ${json(value)},`);
}

/** As for code, but the names of fields are strings here. */
const keepNames = (text: string) =>
	text.replaceAll(/"(?:\\.|[^"\\])*"(\s*:)?/g, (all, colon?: string) =>
		colon === undefined ? maskLiterals(all) : all,
	);

function withSettings(
	text: string,
	object: ConfigObject,
	request: Request,
	line: (name: string, value: string) => string,
): string | undefined {
	const settings = settingsOf(request);
	const current = object.fields.find(({ name }) => name === 'testEnvironment');
	if (object.fields.some(({ name }) => ['projects', 'testEnvironmentOptions'].includes(name)))
		return undefined;
	if (object.fields.some(({ name }) => name === 'globalSetup')) delete settings.globalSetup;
	const rest = () => Object.entries(settings).map(([name, value]) => line(name, value));
	if (current === undefined) return insertFields(text, object, rest(), styleOf(text));
	const value = text.slice(current.start, current.end);
	if (!/^(['"])(node|jest-environment-node)\1$/.test(value)) return undefined;
	const quoted = `${value[0]}slipway/jest${value[0]}`;
	delete settings.testEnvironment;
	return insertFields(
		`${text.slice(0, current.start)}${quoted}${text.slice(current.end)}`,
		object,
		rest(),
		request.project.language.style,
	);
}
