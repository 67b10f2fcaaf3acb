import { readFileSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';

export type TextFile = { readonly text: string } | { readonly reason: string; readonly missing: boolean };

/** The text of a UTF-8 file without its byte order mark, or the reason why it cannot be read. */
export function readTextFile(path: string): TextFile {
	try {
		return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
	} catch (error) {
		const { code = '', errno = 0 } = error as NodeJS.ErrnoException;
		const reason = getSystemErrorMap().get(errno)?.[1] ?? reasons[code] ?? code;
		return { reason, missing: code === 'ENOENT' };
	}
}

const reasons: Record<string, string> = {
	ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
	ERR_INVALID_ARG_VALUE: 'it is not a path',
	ERR_FS_FILE_TOO_LARGE: 'it is too large',
};
