import { type Docs, figuresFile, markdownTable, withBlock } from '../docs-block.ts';
import { describeRounds } from '../rounds.ts';
import type { ProfileFigures } from './figures.ts';
import { profileTables } from './format.ts';

/** What the documentation shows of these figures. */
export function profileDocs(root: string, figures: ProfileFigures): Docs {
	const { machine, node, rounds, files } = figures;
	const conditions = `${machine}; Node.js ${node}. Milliseconds, ${describeRounds(rounds)} of ${files} files, with one worker.`;
	const tables = profileTables(figures).map(({ isolate, heads, rows }) =>
		markdownTable([`\`isolate: ${isolate}\``, ...heads.slice(1)], rows),
	);
	return new Map([
		figuresFile('profile', figures),
		withBlock(root, 'profile', [conditions, ...tables].join('\n\n')),
	]);
}
