/** What is wrong with a line of an `.env` file. Its text is left out: it may hold a password. */
export interface EnvFault {
	readonly what: string;
	readonly mend: string;
}

export const noAssignment: EnvFault = {
	what: 'has no =',
	mend: 'Write NAME=value, or put # before a comment.',
};
export const noName: EnvFault = {
	what: 'has no valid name before the =',
	mend: 'A name consists of letters, digits and _, and does not begin with a digit.',
};
export const cutByComment: EnvFault = {
	what: 'has a # in a value without quotes, where some readers begin a comment',
	mend: 'Put the value in quotes, or a space before the comment.',
};
export const commentForValue: EnvFault = {
	what: 'has a comment where its value would be, which Docker Compose takes for the value',
	mend: 'Put the comment on a line of its own.',
};
export const variable: EnvFault = {
	what: 'has a $ outside of single quotes, where Docker Compose reads the name of a variable',
	mend: "Put the value in single quotes, or in a file that NAME_FILE names where it contains a ' as well.",
};
export const escapeSequence: EnvFault = {
	what: 'has a \\ in double quotes that does not begin \\n, which Docker Compose and Node read differently',
	mend: "Put the value in single quotes, or in a file that NAME_FILE names where it contains a ' as well.",
};
export const backtick: EnvFault = {
	what: 'has a value that begins with `, which some readers take for a quote',
	mend: 'Put the value in single quotes.',
};
export const otherSpace: EnvFault = {
	what: 'has white space other than spaces and tabs at an end of its value',
	mend: 'Remove it, or put the value in quotes.',
};
export const carriageReturn: EnvFault = {
	what: 'has a carriage return in its value',
	mend: 'End lines with LF; in a value, write \\n in double quotes for the end of a line.',
};
export const unclosed = (quote: string): EnvFault => ({
	what: `opens a ${quote} and does not close it`,
	mend: `Close it with ${quote}, or use the other one of the quotes " ' around a value that contains it.`,
});
export const escapedQuote = (quote: string): EnvFault => ({
	what: `has a \\ before the closing ${quote}, which Docker Compose takes for a part of the value`,
	mend: `Leave out the quotes, or use the other one of the quotes " ' around a value that contains ${quote}.`,
});
export const textAfterQuote = (quote: string): EnvFault => ({
	what: `goes on after the closing ${quote}`,
	mend: `Use the other one of the quotes " ' around a value that contains ${quote}, or put # before a comment.`,
});
export const repeats = (name: string | undefined, line: number): EnvFault => ({
	what: `sets ${name}, which line ${line} sets already`,
	mend: 'Remove one of the two.',
});
