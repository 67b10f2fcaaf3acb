import { type Docs, figuresFile, markdownTable, withBlock } from '../docs-block.ts';
import { describeRounds } from '../rounds.ts';
import { type Conditions, describeSize } from './conditions.ts';
import type { SuiteFigures } from './figures.ts';
import { cellsOf } from './format.ts';
import { type WayName, wayNames, ways } from './ways.ts';

/** What the documentation shows of these figures: a row for each way, with a group of columns for each of the figures. */
export function suiteDocs(root: string, figures: readonly SuiteFigures[]): Docs {
	const [first] = figures;
	if (first === undefined) throw new Error('no figures');
	const columns = figures.flatMap(({ conditions: { isolate } }) => [
		`s, \`isolate: ${isolate}\``,
		'ratio',
		'peak MB',
	]);
	const measured = wayNames.filter((way) => figures.some(({ seconds }) => seconds[way] !== undefined));
	const row = (way: WayName) => [ways[way].title, ...figures.flatMap((each) => cellsOf(each, way))];
	const { machine, node, conditions, rounds } = first;
	const heading = `${machine}; Node.js ${node}. ${describe(conditions)}, ${describeRounds(rounds.length)}. The ratio is to "${ways.shared.title}".`;
	return new Map([
		figuresFile('suite', figures),
		withBlock(root, 'suite', `${heading}\n\n${markdownTable(['', ...columns], measured.map(row))}`),
	]);
}

const describe = (conditions: Conditions) =>
	describeSize(conditions).replace(/^./, (letter) => letter.toUpperCase());
