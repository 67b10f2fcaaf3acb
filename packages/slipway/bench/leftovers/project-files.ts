import type { Plan } from './plan.ts';

/** A project whose run of vitest is always starting, using or stopping some server. */
export function projectFiles({
	provider,
	cold,
	round,
}: Pick<Plan, 'provider' | 'cold' | 'round'>): Record<string, string> {
	return {
		'package.json': '{ "type": "module" }',
		'migrations/20260101000000000_create-note.sql': `
-- Up Migration
CREATE TABLE note (text text); -- ${cold ? `round ${round}` : 'unchanged'}
-- Down Migration
DROP TABLE note;`,
		'vitest.config.js': `
import { defineConfig } from 'vitest/config';
import { slipway } from 'slipway/vitest/plugin';
export default defineConfig({
	plugins: [slipway({ provider: '${provider}' })],
	test: { maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});`,
		'next.js': `
import { startPostgres } from 'slipway';
await using server = await startPostgres({ provider: '${provider}', migrations: 'migrations' });`,
		...Object.fromEntries(
			['test', 'databaseTest', 'transactionTest', 'test'].map((fixture, index) => [
				`test/${index + 1}.test.js`,
				testFile(fixture),
			]),
		),
	};
}

const testFile = (fixture: string) => `
import { expect } from 'vitest';
import { ${fixture} as test } from 'slipway/vitest';
for (const note of ['one', 'two', 'three'])
	test(note, async ({ sql }) => {
		await sql\`INSERT INTO note VALUES (\${note})\`;
		await sql\`SELECT pg_sleep(0.05)\`;
		expect(await sql\`SELECT FROM note WHERE text = \${note}\`).toHaveLength(1);
	});`;
