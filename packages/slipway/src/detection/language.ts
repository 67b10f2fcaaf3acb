import type { ProjectFolder } from './project-folder.ts';
import { isSource, isTest } from './source-text.ts';

export interface Language {
	/** Whether the project is written in TypeScript. */
	readonly isTypeScript: boolean;
	/** Whether its `.js` and `.ts` files are ES modules for Node. */
	readonly isModule: boolean;
	/** How its files look. */
	readonly style: CodeStyle;
}

export interface CodeStyle {
	readonly indent: string;
	readonly quote: "'" | '"';
	readonly semicolons: boolean;
}

export function detectLanguage(folder: ProjectFolder): Language {
	const sources = folder.files.filter((path) => isSource(path) && !/\.config\./.test(path));
	const ofTypeScript = sources.filter((path) => /\.[cm]?tsx?$/.test(path)).length;
	return {
		isTypeScript:
			sources.length === 0
				? folder.has('tsconfig.json') || folder.depends('typescript')
				: ofTypeScript * 2 >= sources.length,
		isModule: folder.manifest.type === 'module',
		style: styleOf(
			sources
				.toSorted((a, b) => Number(isTest(b)) - Number(isTest(a)))
				.flatMap((path) => folder.text(path) ?? [])
				.find((text) => text.length > 200) ?? '',
		),
	};
}

/** By what is most frequent in the text. */
export function styleOf(text: string): CodeStyle {
	const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
	const spaces = /^( {2,4})\S/m.exec(text)?.[1];
	return {
		indent: count(/^\t/gm) > 0 || spaces === undefined ? '\t' : spaces,
		quote: count(/"/g) > count(/'/g) ? '"' : "'",
		semicolons: text === '' || count(/;\s*$/gm) > count(/[)\w'"`}]\s*$/gm) / 4,
	};
}
