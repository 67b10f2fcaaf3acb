import { type Check, passwordProblem } from './checks.ts';
import { type Given, show, type VariableReader } from './reader.ts';

/** The value of a variable, from `DATABASE_URL` or from the variable itself, or its default. */
export function readText(
	reader: VariableReader,
	name: string,
	fallback: string,
	check: Check,
	urlPart?: Given,
): Given {
	return chooseValue(reader, [urlPart, reader.text(name)], defaultOf(name, fallback), check);
}

/** The same for a variable whose default is `stem` followed by `suffix`. */
export function readDerivedName(
	reader: VariableReader,
	name: string,
	stem: Given,
	suffix: string,
	check: Check,
): Given {
	const fallback = { ...defaultOf(name, `${stem.value}${suffix}`), valid: stem.valid };
	return chooseValue(reader, [reader.text(name)], fallback, check);
}

/** The same for a password, which messages do not show. */
export function readPassword(reader: VariableReader, name: string, fallback: string, urlPart?: Given): Given {
	const unset = { value: fallback, label: `${name} (not set)`, valid: true };
	return chooseValue(reader, [urlPart, reader.secret(name)], unset, passwordProblem);
}

/** A value for a variable that is not set. */
export function defaultOf(name: string, value: string): Given {
	return { value, label: `${name} (default ${show(value)})`, valid: true };
}

/** The value that `candidates` agree on, or `fallback` if there is none. */
function chooseValue(
	reader: VariableReader,
	candidates: readonly (Given | undefined)[],
	fallback: Given,
	check: Check,
): Given {
	const given = candidates.filter((candidate) => candidate !== undefined);
	const [first = reader.check(fallback, check), second] = given.map((each) => reader.check(each, check));
	if (first.valid && second?.valid && first.value !== second.value)
		reader.report(second, {
			what: `differs from ${first.label}`,
			fix: 'Remove one of the two, or make them the same.',
		});
	return first;
}
