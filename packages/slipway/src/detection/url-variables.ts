import type { ProjectFolder } from './project-folder.ts';
import { isSource, isTest } from './source-text.ts';

const variable = /\b(?:process\.env\.|import\.meta\.env\.|env\(['"]|env\.|env\[['"])([A-Z][A-Z0-9_]*)/g;
const isUrl = (name: string) =>
	/^([A-Z0-9]+_)*(DATABASE|DB|POSTGRES|POSTGRESQL|PG|PRISMA)_?([A-Z]+_)*(URL|URI|CONNECTION_STRING|DSN)$/.test(
		name,
	) && !/SHADOW|REPLICA|REDIS|MONGO|MYSQL|PROD/.test(name);

/** The environment variables that a module reads by name. */
export const variablesIn = (text: string): string[] =>
	[...text.matchAll(variable)].map(([, name = '']) => name);

/** Those of special tests come last. */
const rank = (name: string) => (name === 'DATABASE_URL' ? 0 : /E2E|TEST/.test(name) ? 2 : 1);

/** The variables from which the program reads the URL of its database, `DATABASE_URL` first. */
export function detectUrlVariables(folder: ProjectFolder): readonly string[] {
	const names = new Set<string>();
	for (const path of folder.files.filter((each) => isSource(each) || each.endsWith('.prisma')))
		for (const name of variablesIn(folder.text(path) ?? '')) if (isUrl(name)) names.add(name);
	for (const path of [
		'.env.example',
		'.env.sample',
		'.env.template',
		'.env.test',
		'.env.development',
		'.env',
	])
		for (const [, name = ''] of (folder.text(path) ?? '').matchAll(
			/^(?:export )?([A-Z][A-Z0-9_]*)=['"]?postgres/gm,
		))
			if (isUrl(name)) names.add(name);
	return [...names].toSorted((a, b) => rank(a) - rank(b));
}

const part =
	/^([A-Z0-9]+_)*(DATABASE|DB|POSTGRES|POSTGRESQL|TYPEORM)_(HOST|HOSTNAME|PORT|USER|USERNAME|PASS|PASSWORD|NAME)$/;

/** The variables from which the program reads host, user and so on, where it reads no URL. */
export function detectPartVariables(folder: ProjectFolder): readonly string[] {
	const sources = folder.files.filter((path) => isSource(path) && !isTest(path));
	const names = sources
		.flatMap((path) => variablesIn(folder.text(path) ?? ''))
		.filter((name) => part.test(name));
	return [...new Set(names)].toSorted();
}
