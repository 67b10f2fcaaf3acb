/** A comment that allows what the linter would report. */
export interface Allowance {
	readonly kind: string;
	/** Empty if none is given. */
	readonly reason: string;
	/** Where it starts in the file. */
	readonly index: number;
}

const allowance = /^[ \t]*--[ \t]*lint:[ \t]*allow\b[ \t]*([\w-]*)(?:[ \t]+because\b)?[ \t]*(.*)$/gim;

/** The allowances in the comments of `text` between a statement's end and the next one's start. */
export function readAllowances(text: string, start: number, end: number): readonly Allowance[] {
	return Array.from(
		text.slice(start, end).matchAll(allowance),
		({ 0: whole, 1: kind = '', 2: reason = '', index }) => ({
			kind,
			reason: /\bbecause\b/i.test(whole) ? reason.trim() : '',
			index: start + index + whole.search(/\S/),
		}),
	);
}
