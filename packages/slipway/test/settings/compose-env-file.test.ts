import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EnvEntry, parseEnvText } from '../../src/settings/env-text.ts';
import { readEnvironment } from '../../src/settings/index.ts';
import { startProcess } from '../helpers/child-process.ts';
import { describeWithEngine } from '../helpers/engine.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { envTexts, passwords } from './arbitraries.ts';

/** What `docker compose` makes of an .env file for the variables `names`, each in a process of the same environment. */
async function composeReading(
	text: string,
	names: readonly string[],
	env: Record<string, string> = {},
): Promise<Record<string, string>> {
	const cwd = temporaryDirectory();
	const environment = Object.fromEntries(names.map((name) => [name, null]));
	writeFileSync(join(cwd, '.env'), text);
	writeFileSync(join(cwd, 'compose.yaml'), JSON.stringify({ services: { x: { image: 'x', environment } } }));
	const args = ['compose', 'config', '--format', 'json'];
	const { status, stdout, stderr } = await startProcess('docker', args, { cwd, env }).finished;
	expect(status, stderr).toBe(0);
	const read: Record<string, string | null> = JSON.parse(stdout).services.x.environment;
	return Object.fromEntries(
		Object.entries(read).flatMap(([name, value]) =>
			// Its output can be read again as a compose file.
			value === null ? [] : [[name, value.replaceAll('$$', '$')]],
		),
	);
}

const valuesOf = (entries: ReadonlyMap<string, EnvEntry>) =>
	Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));

describeWithEngine('an .env file', () => {
	test('that the commands accept means the same to Docker Compose', async () => {
		const values = fc.oneof(
			envTexts,
			passwords.map((value) => `'${value}'`),
			passwords.map((value) => `"${value}"`),
		);
		const lines = fc.oneof(
			envTexts,
			fc.tuple(fc.constantFrom('A', ' A ', 'export A'), values).map((parts) => parts.join('=')),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(lines, { minLength: 2000, maxLength: 2000 }), async (texts) => {
				// Each with names of its own, so that one run of compose reads them all.
				const own = texts.map((text, index) => text.replaceAll(/\w+(?=[^\S\r\n]*=)/g, `$&${index}`));
				const accepted = own.filter((text) => parseEnvText(text).problems.length === 0);
				expect(accepted.length).toBeGreaterThan(200);
				const file = accepted.join('\n');
				const { entries, problems } = parseEnvText(file);
				expect(problems).toEqual([]);
				expect(await composeReading(file, [...entries.keys()])).toEqual(valuesOf(entries));
			}),
			{ numRuns: 3, endOnFailure: true },
		);
	});

	test('gives way to the environment in both, also to a variable that is set but empty', async () => {
		const file = join(temporaryDirectory(), '.env');
		const text = 'A=1\nB=2\nC=3\n';
		writeFileSync(file, text);
		const environment = { A: '', B: 'b' };
		expect(await composeReading(text, ['A', 'B', 'C'], environment)).toEqual({ A: '', B: 'b', C: '3' });
		expect(readEnvironment(environment, file).variables).toEqual({ A: '', B: 'b', C: '3' });
	});
});
