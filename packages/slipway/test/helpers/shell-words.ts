/** A command of a block: its words, without comments, redirections, `export` and variables that are set before it. */
export function commandsOf(block: string): string[][] {
	return block
		.replaceAll('\\\n', ' ')
		.split('\n')
		.map((line) => line.replace(/ > \S+/, '').replace(/^eval "\$\((.*)\)"$/, '$1'))
		.flatMap((line) => splitAtOperators(wordsOf(line)))
		.map(withoutVariables)
		.filter((words) => words.length > 0);
}

/** As the shell splits a line, as far as the documentation goes: quotes and comments, no substitutions. */
function wordsOf(line: string): string[] {
	const words = [...line.matchAll(/(?:^|(?<=\s))#.*|(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word);
	const comment = words.findIndex((word) => word.startsWith('#'));
	return (comment < 0 ? words : words.slice(0, comment)).map((word) => word.replaceAll(/^["']|["']$/g, ''));
}

function splitAtOperators(words: readonly string[]): string[][] {
	const end = words.findIndex((word) => word === '&&' || word === '||' || word === '|');
	return end < 0 ? [[...words]] : [words.slice(0, end), ...splitAtOperators(words.slice(end + 1))];
}

function withoutVariables(words: readonly string[]): string[] {
	const first = words.findIndex((word) => word !== 'export' && !/^[A-Z_]+=/.test(word));
	return first < 0 ? [] : words.slice(first);
}
