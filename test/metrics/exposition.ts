export interface Sample {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

export interface Exposition {
	/** The text of `# HELP` by the name of the metric. */
	readonly help: ReadonlyMap<string, string>;
	readonly samples: readonly Sample[];
}

/** Reads Prometheus's text format, as prom-client writes it. */
export function parseExposition(text: string): Exposition {
	const lines = text.split('\n').filter((line) => line !== '');
	const help = lines.flatMap((line) => [...line.matchAll(/^# HELP (\S+) (.+)$/g)]);
	return {
		help: new Map(help.map(([, name = '', description = '']) => [name, description])),
		samples: lines.filter((line) => !line.startsWith('#')).map(parseSample),
	};
}

function parseSample(line: string): Sample {
	const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
	if (name === undefined) throw new Error(`not a sample: ${line}`);
	const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
	return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}
