import { expect, test } from 'vitest';
import { checks } from '../../src/doctor/checks.ts';
import { pageText } from '../helpers/markdown.ts';

test('docs/doctor.md has every check, with what it finds and a fix, in their order', () => {
	const rows = pageText('docs/doctor.md').matchAll(/^\| `([a-z ]+)` \| [^|]+ \| [^|]+ \|$/gm);
	expect(Array.from(rows, ([, name]) => name)).toEqual(Object.keys(checks));
});
