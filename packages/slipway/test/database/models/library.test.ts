import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { comparisonPackage } from '../../../src/database/models/library.ts';
import { toolRoot } from '../../helpers/child-process.ts';
import { pages, pageText } from '../../helpers/markdown.ts';

test('the version of pg-delta that errors and pages name is the one that is tested', () => {
	const { devDependencies } = JSON.parse(readFileSync(join(toolRoot, 'package.json'), 'utf8'));
	const tested = `@supabase/pg-delta@${devDependencies['@supabase/pg-delta']}`;
	expect(comparisonPackage).toBe(tested);
	const named = pages.flatMap((page) => pageText(page).match(/@supabase\/pg-delta@[\w.-]+/g) ?? []);
	expect(new Set(named)).toEqual(new Set([tested]));
});
