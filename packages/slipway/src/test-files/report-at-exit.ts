import { spawnSync } from 'node:child_process';
import { extname, join } from 'node:path';
import type { FileServer } from './file-server.ts';

const program = join(import.meta.dirname, `print-refusals${extname(import.meta.filename)}`);

/**
 * Prints which rights the app lacked when this process ends with failed tests. node:test, Mocha and others tell nobody else
 * that a test has failed.
 */
export function reportRefusalsAtExit({ role, logins }: FileServer): void {
	if (role !== 'app') return;
	const run = JSON.stringify({ ...logins, since: Date.now() });
	let reported = false;
	const report = (code: number) => {
		if (reported || (process.exitCode ?? code) === 0) return;
		reported = true;
		// Nothing asynchronous runs at the exit, so another process asks the server.
		spawnSync(process.execPath, [program], { input: run, stdio: ['pipe', 'inherit', 'inherit'] });
	};
	process.once('exit', report);
	// Mocha sets the exit code in a listener of its own, which it has added by then.
	process.once('beforeExit', () => process.once('exit', report));
}
