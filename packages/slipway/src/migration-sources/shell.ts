import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Connection } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { programEnvironment } from '../program-environment.ts';

/** In characters. What a tool prints last is what explains its failure. */
const shownOutput = 8_000;

/**
 * Runs a command in a shell, with `login` in `DATABASE_URL` and `PG*`. Its output is shown if it fails. Throws
 * `migration-command-failed`.
 */
export async function runShell(command: string, cwd: string, login: Connection): Promise<void> {
	const environment = programEnvironment(process.env, login, cwd);
	const child = spawn(command, { shell: true, cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	const collect = (text: string) => {
		// Twice as much, so that no password is cut in half in what is shown.
		output = (output + text).slice(-2 * shownOutput);
	};
	child.stdout.setEncoding('utf8').on('data', collect);
	child.stderr.setEncoding('utf8').on('data', collect);
	const endWithProcess = () => child.kill();
	process.once('exit', endWithProcess);
	try {
		const [code, signal] = await once(child, 'close');
		if (code !== 0) throw failed(command, cwd, code ?? signal, withoutPassword(output, login));
	} finally {
		process.off('exit', endWithProcess);
	}
}

/** Tools print the URL that they failed to use. */
function withoutPassword(output: string, { password }: Connection): string {
	const forms = new Set([password, encodeURIComponent(password)]);
	return [...forms].reduce((text, form) => text.replaceAll(form, '***'), output).slice(-shownOutput);
}

function failed(command: string, cwd: string, how: number | string, output: string): SlipwayError {
	const lines = output.trim() === '' ? ['It printed nothing.'] : [output.trim()];
	const end = typeof how === 'number' ? `failed with exit code ${how}` : `was ended by ${how}`;
	return new SlipwayError(
		'migration-command-failed',
		[`the migration command ${JSON.stringify(command)} ${end}:`, ...lines].join('\n'),
		how === 127
			? `It was not found. Install the tool: Slipway looks in node_modules/.bin of ${cwd} and of the folders above it, and in PATH.`
			: `Try it on a temporary server: npx slipway run --as migrator --no-migrations -- ${command}`,
	);
}
