export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

interface Colours {
	readonly text: string;
	readonly muted: string;
	readonly line: string;
	readonly ours: string;
	readonly theirs: string;
}

/** On GitHub's two backgrounds. */
export const colours: Record<Theme, Colours> = {
	light: { text: '#1f2328', muted: '#59636e', line: '#d1d9e0', ours: '#0969da', theirs: '#afb8c1' },
	dark: { text: '#f0f6fc', muted: '#9198a1', line: '#3d444d', ours: '#4493f8', theirs: '#656c76' },
};

export const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** An SVG of this size with these elements. */
export function svg(
	{ width, height, title }: { width: number; height: number; title: string },
	elements: readonly string[],
): string {
	return `${[
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
		`\t<title>${escaped(title)}</title>`,
		...elements.map((element) => `\t${element}`),
		'</svg>',
	].join('\n')}\n`;
}
