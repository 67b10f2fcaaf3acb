import type { ProjectFolder } from './project-folder.ts';

const oldest = 22;
const current = 24;

/** The major version of Node that a project asks for. Slipway needs 22, so no less. Default: 24. */
export function detectNodeVersion(folders: readonly ProjectFolder[]): number {
	for (const folder of folders) {
		const files = ['.nvmrc', '.node-version'].map((file) => folder.text(file));
		const tools = /^node(?:js)?\s+(\S+)/m.exec(folder.text('.tool-versions') ?? '')?.[1];
		const named = [...files, tools, folder.manifest.engines?.node].find((each) => /\d/.test(each ?? ''));
		const major = Number(/\d+/.exec(named ?? '')?.[0]);
		if (major > 0) return isMinimum(named ?? '') ? Math.max(major, current) : Math.max(major, oldest);
	}
	return current;
}

const isMinimum = (range: string) => /^\s*>/.test(range);
