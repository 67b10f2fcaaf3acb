import { quote } from '../../detection/index.ts';
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
	const after = withPlugin(before, call, language.style);
	if (after === undefined)
		return { notes: [`Add the plugin to ${path}: ${importLine} … plugins: [${call}]`] };
	return { changes: [{ path, before, after, purpose: 'the plugin: a server for each test file' }] };
}

function withPlugin(
	text: string,
	call: string,
	style: Request['project']['language']['style'],
): string | undefined {
	const object = configObjectIn(text);
	if (object === undefined || !/^import\b/m.test(text)) return undefined;
	const plugins = object.fields.find(({ name }) => name === 'plugins');
	const styled = restyle(call, style);
	const line = restyle(importLine, style);
	if (plugins === undefined)
		return insertImport(insertFields(text, object, [`plugins: [${call}],`], style), line);
	if (text[plugins.start] !== '[') return undefined;
	const rest = text.slice(plugins.start + 1);
	const isEmpty = /^\s*\]/.test(rest);
	const added = `${text.slice(0, plugins.start + 1)}${styled}${isEmpty ? '' : /^\s*\n/.test(rest) ? ',' : ', '}${rest}`;
	return insertImport(added, line);
}
