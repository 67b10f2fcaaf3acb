import { watch } from 'node:fs';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok } from '../finding.ts';

/** `dev` and most other dev commands watch files, for which the system has limits that an editor may use up. */
export function checkWatching({ root }: DoctorContext): Finding[] {
	try {
		watch(root, { persistent: false }).close();
		return [ok('changes of files can be watched')];
	} catch (thrown) {
		return [
			error(
				`changes of files cannot be watched: ${(thrown as Error).message}`,
				'Close other programs that watch files, or raise the limits: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
			),
		];
	}
}
