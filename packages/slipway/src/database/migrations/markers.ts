export type Direction = 'up' | 'down';

/** A comment line that starts a section. */
export interface Marker {
	readonly direction: Direction;
	/** The rest of its line. */
	readonly remark: string;
}

/** Slipway uses node-pg-migrate's markers. `comment` is on a line of its own. */
export function readMarker(comment: string): Marker | undefined {
	const [, direction, remark = ''] = marker.exec(comment) ?? [];
	if (direction === undefined) return undefined;
	return {
		direction: direction.toLowerCase() === 'up' ? 'up' : 'down',
		remark: trimRemark(remark).toLowerCase(),
	};
}

const marker = /^--[ \t-]*(up|down)[ \t]+migration\b(.*)$/i;

/** Without the punctuation around it. */
const trimRemark = (text: string) => trimWhile(text, ' \t:,.()-');

/** How a tool marks the sections of a file. */
interface Dialect {
	readonly tool: string;
	/** Matched against the words of a comment, in lower case. */
	readonly marker: RegExp;
}

/**
 * Markers of other tools, which are only comments here. To read the files of one of these tools by its own
 * rules, start from its entry.
 */
const dialects: readonly Dialect[] = [
	{ tool: 'dbmate', marker: /^migrate ?: ?(up|down)\b/ },
	{ tool: 'goose', marker: /^\+ ?goose\b/ },
	{ tool: 'sql-migrate', marker: /^\+ ?migrate\b/ },
	{ tool: 'micrate', marker: /^\+ ?micrate\b/ },
	{ tool: 'rambler', marker: /^rambler (up|down)$/ },
	{ tool: 'tern', marker: /^create above ?\/ ?drop below$/ },
	{ tool: 'Play', marker: /^!(ups|downs)$/ },
	{ tool: 'MyBatis Migrations', marker: /^(\/\/ ?)?@undo$/ },
	{ tool: 'Liquibase', marker: /^(liquibase formatted sql\b|changeset \S+:\S)/ },
];

/** A direction, alone or with a word for a section. */
const nearlyRight: readonly RegExp[] = [
	/^(up|down)s?( ?:|$)/,
	/^(up|down)s?[ _.:-]*(migr?a\w*|(script|part|section|step|sql)$)/,
	/^(migr?a\w*|script|part|section|step|sql)[ _.:-]*\(?(up|down)s?\)?( ?:|$)/,
	/^(rollback|undo|revert|downgrade)([ _.:-]*(migr?a\w*|script|part|section|step|sql))?$/,
];

/** A comment that is not a marker here, but may be meant as one. */
export interface ForeignMarker {
	/** The tool whose marker it is; undefined if it only resembles Slipway's own. */
	readonly tool: string | undefined;
	/** Undefined if it starts neither part. */
	readonly direction: Direction | undefined;
	/** The marker to write instead, if any. */
	readonly instead: string | undefined;
}

export function readForeignMarker(comment: string): ForeignMarker | undefined {
	const words = wordsOf(comment);
	const tool = dialects.find(({ marker }) => marker.test(words))?.tool;
	if (tool === undefined && !nearlyRight.some((pattern) => pattern.test(words))) return undefined;
	const wantsNone = /\bno ?transaction\b|\btransaction ?: ?false\b/.test(words);
	const direction = directionOf(words) ?? (wantsNone ? 'up' : undefined);
	if (direction === undefined) return { tool, direction, instead: undefined };
	const instead = `-- ${direction === 'up' ? 'Up' : 'Down'} Migration${wantsNone ? ', no transaction' : ''}`;
	return { tool, direction, instead };
}

function directionOf(words: string): Direction | undefined {
	const [word] = /(?<![a-z])(up|down|drop below|undo|rollback|revert)/.exec(words) ?? [];
	return word === undefined || word === 'up' ? word : 'down';
}

/** In lower case, separated by single blanks, without surrounding decoration. */
function wordsOf(comment: string): string {
	const content = comment.startsWith('/*') ? comment.slice(2, -2) : comment;
	const words = content
		.toLowerCase()
		.split(/\s/)
		.filter((word) => word !== '')
		.join(' ');
	return trimWhile(words, ' -=*#~_.:;');
}

/** A loop, because a pattern anchored at the end would backtrack over long runs of blanks. */
function trimWhile(text: string, characters: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && characters.includes(text.charAt(start))) start += 1;
	while (end > start && characters.includes(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}
