import { nameOf, type ProjectFolder } from './project-folder.ts';

export interface ComposeFile {
	readonly path: string;
	readonly text: string;
}

/** The project's Compose file that has PostgreSQL in it. */
export function composeFile(folder: ProjectFolder): ComposeFile | undefined {
	const paths = folder.files
		.filter((path) => /^(docker-)?compose[\w.-]*\.ya?ml$/.test(nameOf(path)))
		.toSorted((a, b) => a.length - b.length);
	return paths
		.map((path) => ({ path, text: folder.text(path) ?? '' }))
		.find(({ text }) => imageIn(text) !== undefined);
}

const images =
	/image:\s*['"]?([\w./-]*(?:postgres|postgis|pgvector|timescaledb|paradedb|postgresql)[\w./-]*)(?::([^\s'"@]+))?/;

/** The image of PostgreSQL in a Compose file or workflow. A tag that a variable decides counts by its default. */
export function imageIn(
	text: string,
): { readonly name: string; readonly tag: string | undefined } | undefined {
	const [, name, tag] = images.exec(text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1')) ?? [];
	return name === undefined || /exporter|backup|adminer|proxy/.test(name) ? undefined : { name, tag };
}
