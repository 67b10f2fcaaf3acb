import type { Problem } from './checks.ts';

// What is wrong with a line of an `.env` file. The line is not quoted: it may contain a password.

export const noAssignment: Problem = {
	what: 'has no =',
	fix: 'Write NAME=value, or put # before a comment.',
};
export const noName: Problem = {
	what: 'has no valid name before the =',
	fix: 'A name consists of letters, digits and _, and does not begin with a digit.',
};
export const cutByComment: Problem = {
	what: 'has a # in a value without quotes, where some readers begin a comment',
	fix: 'Put the value in quotes, or a space before the comment.',
};
export const commentForValue: Problem = {
	what: 'has a comment where its value would be, which Docker Compose takes for the value',
	fix: 'Put the comment on a line of its own.',
};
export const variable: Problem = {
	what: 'has a $ outside of single quotes, where Docker Compose reads the name of a variable',
	fix: "Put the value in single quotes, or in a file that NAME_FILE names where it contains a ' as well.",
};
export const escapeSequence: Problem = {
	what: 'has a \\ in double quotes that does not begin \\n, which Docker Compose and Node read differently',
	fix: "Put the value in single quotes, or in a file that NAME_FILE names where it contains a ' as well.",
};
export const backtick: Problem = {
	what: 'has a value that begins with `, which some readers take for a quote',
	fix: 'Put the value in single quotes.',
};
export const otherSpace: Problem = {
	what: 'has white space other than spaces and tabs at an end of its value',
	fix: 'Remove it, or put the value in quotes.',
};
export const carriageReturn: Problem = {
	what: 'has a carriage return in its value',
	fix: 'End lines with LF; in a value, write \\n in double quotes for the end of a line.',
};
export const unclosed = (quote: string): Problem => ({
	what: `opens a ${quote} and does not close it`,
	fix: `Close it with ${quote}, or use the other one of the quotes " ' around a value that contains it.`,
});
export const escapedQuote = (quote: string): Problem => ({
	what: `has a \\ before the closing ${quote}, which Docker Compose takes for a part of the value`,
	fix: `Leave out the quotes, or use the other one of the quotes " ' around a value that contains ${quote}.`,
});
export const textAfterQuote = (quote: string): Problem => ({
	what: `goes on after the closing ${quote}`,
	fix: `Use the other one of the quotes " ' around a value that contains ${quote}, or put # before a comment.`,
});
export const repeats = (name: string | undefined, line: number): Problem => ({
	what: `sets ${name}, which line ${line} sets already`,
	fix: 'Remove one of the two.',
});
