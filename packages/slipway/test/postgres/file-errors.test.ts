import { expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { isCausedByFullDisk } from '../../src/postgres/file-errors.ts';

test('a full disk is found behind the error that it causes', () => {
	const refused = (code: string) => Object.assign(new Error('could not extend file'), { code });
	const notCopied = (code: string) =>
		new SlipwayError('object-not-copied', 'the index was refused', 'Drop it.', { cause: refused(code) });
	expect(isCausedByFullDisk(notCopied('53100'))).toBe(true);
	expect(isCausedByFullDisk(notCopied('42883'))).toBe(false);
});
