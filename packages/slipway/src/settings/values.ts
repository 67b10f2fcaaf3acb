import { type Check, passwordProblem } from './checks.ts';
import { type Given, show, type VariableReader } from './reader.ts';

/** The value of a variable, or of its part of `DATABASE_URL`, or its default. */
export function readText(
	reader: VariableReader,
	name: string,
	fallback: string,
	check: Check,
	urlPart?: Given,
): Given {
	return settle(reader, [urlPart, reader.text(name)], standIn(name, fallback), check);
}

/** The same for a name whose default is `stem` and `suffix`. */
export function readDerivedName(
	reader: VariableReader,
	name: string,
	stem: Given,
	suffix: string,
	check: Check,
): Given {
	const fallback = { ...standIn(name, `${stem.value}${suffix}`), sound: stem.sound };
	return settle(reader, [reader.text(name)], fallback, check);
}

/** The same for a password, which messages do not show. */
export function readPassword(reader: VariableReader, name: string, fallback: string, urlPart?: Given): Given {
	const standIn = { value: fallback, label: `${name} (not set)`, sound: true };
	return settle(reader, [urlPart, reader.secret(name)], standIn, passwordProblem);
}

function standIn(name: string, value: string): Given {
	return { value, label: `${name} (not set, so ${show(value)})`, sound: true };
}

/** What of `candidates` is given: one value, be it twice. */
function settle(
	reader: VariableReader,
	candidates: readonly (Given | undefined)[],
	fallback: Given,
	check: Check,
): Given {
	const given = candidates.filter((candidate) => candidate !== undefined);
	const [first = reader.check(fallback, check), second] = given.map((each) => reader.check(each, check));
	if (first.sound && second?.sound && first.value !== second.value)
		reader.report(second, {
			what: `differs from ${first.label}`,
			mend: 'Remove one of the two, or make them the same.',
		});
	return first;
}
