import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseEnvText } from '../../src/settings/env-text.ts';
import { parseSettings } from '../../src/settings/index.ts';

const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
const uncommented = parseEnvText(example.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
const variables = Object.fromEntries([...uncommented.entries].map(([name, { value }]) => [name, value]));

test('.env.example sets nothing as it is and has no errors', () => {
	expect(parseEnvText(example)).toEqual({ entries: new Map(), problems: [] });
});

test('.env.example shows the defaults, which name a server', () => {
	expect(uncommented.problems).toEqual([]);
	expect(parseSettings(variables)).toEqual({ ...parseSettings({}), provider: 'external' });
});

test('.env.example lists every variable that is read', () => {
	const read = new Set<string>();
	parseSettings(
		new Proxy(
			{},
			{
				get: (_target, name) => {
					read.add(String(name));
				},
			},
		),
	);
	const listed = [...Object.keys(variables), ...(example.match(/[A-Z_]+_FILE/g) ?? [])];
	expect(listed.toSorted()).toEqual([...read].toSorted());
});
