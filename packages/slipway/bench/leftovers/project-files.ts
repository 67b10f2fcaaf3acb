import type { Plan } from './plan.ts';

/** A run of vitest in which at any moment some server starts, is used, or ends. */
export function projectFiles({
	provider,
	cold,
	round,
}: Pick<Plan, 'provider' | 'cold' | 'round'>): Record<string, string> {
	return {
		'package.json': '{ "type": "module" }',
		'migrations/20260101000000000_create-note.sql': `
-- Up Migration
CREATE TABLE note (text text); -- ${cold ? `as of round ${round}` : 'as ever'}
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
			['test', 'databaseTest', 'transactionTest', 'test'].map((level, index) => [
				`test/${index + 1}.test.js`,
				moduleOf(level),
			]),
		),
	};
}

const moduleOf = (level: string) => `
import { expect } from 'vitest';
import { ${level} as test } from 'slipway/vitest';
for (const note of ['one', 'two', 'three'])
	test(note, async ({ sql }) => {
		await sql\`INSERT INTO note VALUES (\${note})\`;
		await sql\`SELECT pg_sleep(0.05)\`;
		expect(await sql\`SELECT FROM note WHERE text = \${note}\`).toHaveLength(1);
	});`;
