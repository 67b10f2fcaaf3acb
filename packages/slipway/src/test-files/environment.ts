import type { Login } from '../connection/index.ts';
import { programEnvironment } from '../program-environment.ts';

/**
 * Sets the variables with which a program finds the database, and unsets the passwords of other roles. `urls`: the
 * variables for the URL. Disposing of it restores the variables.
 */
export function setVariables(
	environment: NodeJS.ProcessEnv,
	login: Login,
	{ urls, folder }: { readonly urls: readonly string[]; readonly folder: string },
): Disposable {
	const before = { ...environment };
	const { DATABASE_URL: url, ...others } = programEnvironment(before, login, folder);
	const named = Object.fromEntries(urls.map((name) => [name, url]));
	const after: NodeJS.ProcessEnv = { DATABASE_URL: before.DATABASE_URL, ...others, ...named };
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	const changed = names.filter((name) => before[name] !== after[name]);
	assign(environment, after, changed);
	return { [Symbol.dispose]: () => assign(environment, before, changed) };
}

/** An environment turns undefined into the text "undefined". */
function assign(environment: NodeJS.ProcessEnv, values: NodeJS.ProcessEnv, names: readonly string[]): void {
	for (const name of names) {
		if (values[name] === undefined) delete environment[name];
		else environment[name] = values[name];
	}
}
