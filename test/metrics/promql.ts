import { parser } from '@prometheus-io/lezer-promql';

export interface Selection {
	readonly metric: string;
	/** The labels that it is selected by, or that the expression groups by. */
	readonly labels: readonly string[];
}

/** The metrics in a PromQL expression. Throws if it is invalid. */
export function selectionsIn(expression: string): Selection[] {
	const metrics: string[] = [];
	const labels: string[] = [];
	parser.parse(expression).iterate({
		enter: ({ name, type, from, to, node }) => {
			if (type.isError) throw new Error(`invalid PromQL at ${expression.slice(from)}`);
			const text = expression.slice(from, to);
			if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
			if (name === 'LabelName') labels.push(text);
		},
	});
	return metrics.map((metric) => ({ metric, labels }));
}
