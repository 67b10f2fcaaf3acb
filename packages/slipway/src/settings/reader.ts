import { type Check, choiceProblem, type Problem } from './checks.ts';
import { readTextFile } from './text-file.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** A value on its way to being trusted. */
export interface Given {
	readonly value: string;
	/** How messages name it: its variable, the value unless it is secret, and the line of the `.env`. */
	readonly label: string;
	/** No fault of it is reported. What is not sound takes part in no further check. */
	readonly sound: boolean;
}

/** Reads variables and collects the faults of all of them. */
export class VariableReader {
	readonly faults: string[] = [];
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
		return { value, label: `${name}=${show(value)}${this.#origin(name)}`, sound: true };
	}

	/** A variable that messages never show, from itself or from the file that `…_FILE` names. */
	secret(name: string): Given | undefined {
		const value = this.#value(name);
		const file = this.text(`${name}_FILE`);
		if (file !== undefined && value !== undefined) return this.#refuse(file, bothSet(name));
		if (file !== undefined) return this.#readSecretFile(file);
		return value === undefined ? undefined : { value, label: `${name}${this.#origin(name)}`, sound: true };
	}

	/** The variable's value where that is one of `options`. */
	choice<T extends string>(name: string, options: readonly T[]): T | undefined {
		const given = this.text(name);
		if (given !== undefined) this.check(given, (value) => choiceProblem(value, options));
		return options.find((option) => option === given?.value);
	}

	/** `given`, with a fault reported where `check` finds one. */
	check(given: Given, check: Check): Given {
		const problem = given.sound ? check(given.value) : undefined;
		return problem === undefined ? given : this.#refuse(given, problem);
	}

	report({ label }: Given, { what, mend }: Problem): void {
		this.faults.push(`${label}: ${what}. ${mend}`);
	}

	#refuse(given: Given, problem: Problem): Given {
		this.report(given, problem);
		return { ...given, sound: false };
	}

	#readSecretFile(path: Given): Given {
		const file = readTextFile(path.value);
		if ('text' in file) return { ...path, value: file.text.replace(/\r?\n$/, '') };
		return this.#refuse(path, {
			what: `cannot be read: ${file.fault}`,
			mend: 'Name a text file that holds the value and that this user may read.',
		});
	}

	/** Compose and CI pass on what is not set as empty. A password that is empty is a mistake, though. */
	#value(name: string): string | undefined {
		const value = this.#variables[name];
		return value === '' && !name.endsWith('_PASSWORD') ? undefined : value;
	}

	#origin(name: string): string {
		const origin = this.#origins.get(name);
		return origin === undefined ? '' : ` (${origin})`;
	}
}

/** `value` in quotes, with control characters escaped and no longer than a line. */
export function show(value: string): string {
	return JSON.stringify(value.length <= 100 ? value : `${value.slice(0, 100)}…`);
}

const bothSet = (name: string): Problem => ({ what: `${name} is set too`, mend: 'Remove one of the two.' });
