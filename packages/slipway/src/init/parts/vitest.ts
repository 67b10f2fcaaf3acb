import { quote, styleOf } from '../../detection/index.ts';
import { insertFields, insertImport } from '../config-edit/insert.ts';
import { configObjectIn } from '../config-edit/object.ts';
import type { Part, Request } from '../plan.ts';
import { restyle } from '../restyle.ts';
import { urlOption } from '../url-option.ts';

const importLine = "import { slipway } from 'slipway/vitest/plugin';";

/** The plugin, in the configuration of vitest. */
export function vitestSetup({ project }: Request): Part {
	const { folder, language, testRunner } = project;
	const url = urlOption(project);
	const call = url === undefined ? 'slipway()' : `slipway({ url: ${quote(url)} })`;
	const path = testRunner?.config;
	if (path === undefined) {
		const extension = language.isTypeScript
			? language.isModule
				? 'ts'
				: 'mts'
			: language.isModule
				? 'js'
				: 'mjs';
		const text = `${importLine}\nimport { defineConfig } from 'vitest/config';\n\nexport default defineConfig({\n\tplugins: [${call}],\n});\n`;
		return {
			changes: [
				{
					path: `vitest.config.${extension}`,
					after: restyle(text, language.style),
					purpose: 'the plugin: a server for each test file',
				},
			],
		};
	}
	const before = folder.text(path) ?? '';
	if (before.includes('slipway/vitest/plugin')) return {};
	const after = withPlugin(before, call);
	if (after === undefined)
		return { notes: [`Add the plugin to ${path}: ${importLine} … plugins: [${call}]`] };
	return { changes: [{ path, before, after, purpose: 'the plugin: a server for each test file' }] };
}

/** In the style of the file. */
function withPlugin(text: string, call: string): string | undefined {
	const object = configObjectIn(text);
	if (object === undefined || !/^import\b/m.test(text)) return undefined;
	const style = styleOf(text);
	const line = restyle(importLine, style);
	const plugins = object.fields.find(({ name }) => name === 'plugins');
	if (plugins === undefined)
		return insertImport(insertFields(text, object, [`plugins: [${call}],`], style), line);
	if (text[plugins.start] !== '[') return undefined;
	return insertImport(insertFirst(text, plugins.start + 1, restyle(call, style)), line);
}

/** Puts an element at the beginning of an array: on a line of its own where the others have one. */
function insertFirst(text: string, start: number, element: string): string {
	const rest = text.slice(start);
	const [newLine] = /^\s*\n\s*(?=\S)/.exec(rest) ?? [];
	const isEmpty = /^\s*\]/.test(rest);
	const added =
		newLine === undefined
			? `${element}${isEmpty ? '' : ', '}`
			: `${isEmpty ? '' : newLine}${element}${isEmpty ? '' : ','}`;
	return text.slice(0, start) + added + rest;
}
