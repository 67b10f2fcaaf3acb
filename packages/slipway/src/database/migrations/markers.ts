export type Direction = 'up' | 'down';

/** A line that begins a section. */
export interface Marker {
	readonly direction: Direction;
	/** What follows it on its line. */
	readonly remark: string;
}

/** node-pg-migrate's markers, which are Slipway's. `comment` is a line of its own. */
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

/** The way in which a tool marks the sections of a file. */
interface Dialect {
	readonly tool: string;
	/** Matched against the words of a comment in lower case. */
	readonly marker: RegExp;
}

/**
 * The markers that mean something to another tool and, but for a comment, nothing here. What reads the files of one of these
 * tools by its own rules starts from its entry.
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

/** A section's direction, alone or with the word for what a section is. */
const nearlyRight: readonly RegExp[] = [
	/^(up|down)s?( ?:|$)/,
	/^(up|down)s?[ _.:-]*(migr?a\w*|(script|part|section|step|sql)$)/,
	/^(migr?a\w*|script|part|section|step|sql)[ _.:-]*\(?(up|down)s?\)?( ?:|$)/,
	/^(rollback|undo|revert|downgrade)([ _.:-]*(migr?a\w*|script|part|section|step|sql))?$/,
];

/** A comment that is no marker here and may be meant as one. */
export interface ForeignMarker {
	/** The tool whose marker it is; undefined where it is only nearly right. */
	readonly tool: string | undefined;
	/** Undefined where it begins neither part. */
	readonly direction: Direction | undefined;
	/** The marker to write instead, if there is one. */
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

/** In lower case, with one blank between them, without what encloses or underlines them. */
function wordsOf(comment: string): string {
	const content = comment.startsWith('/*') ? comment.slice(2, -2) : comment;
	const words = content
		.toLowerCase()
		.split(/\s/)
		.filter((word) => word !== '')
		.join(' ');
	return trimWhile(words, ' -=*#~_.:;');
}

/** A pattern for the end would try each of many blanks anew. */
function trimWhile(text: string, characters: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && characters.includes(text.charAt(start))) start += 1;
	while (end > start && characters.includes(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}
