import { type Check, choiceProblem, type Problem } from './checks.ts';
import { readTextFile } from './text-file.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** A value that has not passed all its checks yet. */
export interface Given {
	readonly value: string;
	/** How messages refer to it: its variable, its value unless secret, and its line in `.env`. */
	readonly label: string;
	/** False once an error was reported for it. Later checks skip it. */
	readonly valid: boolean;
}

/** Reads variables and collects the errors of all of them. */
export class VariableReader {
	readonly errors: string[] = [];
	readonly #variables: Variables;
	readonly #origins: ReadonlyMap<string, string>;

	constructor(variables: Variables, origins: ReadonlyMap<string, string>) {
		this.#variables = variables;
		this.#origins = origins;
	}

	isSet(name: string): boolean {
		return this.#value(name) !== undefined;
	}

	/** A variable that messages may show. */
	text(name: string): Given | undefined {
		const value = this.#value(name);
		if (value === undefined) return undefined;
		return { value, label: `${name}=${show(value)}${this.#origin(name)}`, valid: true };
	}

	/** A variable whose value messages never show. It is set directly, or in the file that `…_FILE` names. */
	secret(name: string): Given | undefined {
		const value = this.#value(name);
		const file = this.text(`${name}_FILE`);
		if (file !== undefined && value !== undefined) return this.#refuse(file, bothSet(name));
		if (file !== undefined) return this.#readSecretFile(file);
		return value === undefined ? undefined : { value, label: `${name}${this.#origin(name)}`, valid: true };
	}

	/** The variable's value if that is one of `options`. */
	choice<T extends string>(name: string, options: readonly T[]): T | undefined {
		const given = this.text(name);
		if (given !== undefined) this.check(given, (value) => choiceProblem(value, options));
		return options.find((option) => option === given?.value);
	}

	/** `given`, after reporting what `check` finds wrong with it. */
	check(given: Given, check: Check): Given {
		const problem = given.valid ? check(given.value) : undefined;
		return problem === undefined ? given : this.#refuse(given, problem);
	}

	report({ label }: Given, { what, fix }: Problem): void {
		this.errors.push(`${label}: ${what}. ${fix}`);
	}

	#refuse(given: Given, problem: Problem): Given {
		this.report(given, problem);
		return { ...given, valid: false };
	}

	#readSecretFile(path: Given): Given {
		const file = readTextFile(path.value);
		if ('text' in file) return { ...path, value: file.text.replace(/\r?\n$/, '') };
		return this.#refuse(path, {
			what: `cannot be read: ${file.reason}`,
			fix: 'Name a text file that contains the value and that this user has permission to read.',
		});
	}

	/** Compose and CI pass on unset variables as empty. An empty password is a mistake, though. */
	#value(name: string): string | undefined {
		const value = this.#variables[name];
		return value === '' && !name.endsWith('_PASSWORD') ? undefined : value;
	}

	#origin(name: string): string {
		const origin = this.#origins.get(name);
		return origin === undefined ? '' : ` (${origin})`;
	}
}

/** `value` in quotes, with control characters escaped, cut to 100 characters. */
export function show(value: string): string {
	return JSON.stringify(value.length <= 100 ? value : `${value.slice(0, 100)}…`);
}

const bothSet = (name: string): Problem => ({
	what: `${name} is set as well`,
	fix: 'Remove one of the two.',
});
