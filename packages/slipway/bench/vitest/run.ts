import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { SlipwayError } from '../../src/errors.ts';
import type { Project } from './project.ts';

export interface Running {
	readonly child: ChildProcess;
	/** Resolves with its output; rejects if it fails. */
	readonly passed: Promise<string>;
}

/** Starts vitest in a project. */
export function startVitest(project: Project, args: readonly string[] = []): Running {
	return startInProject(project, ['node_modules/vitest/vitest.mjs', 'run', '--no-color', ...args]);
}

/**
 * Starts Node in a project, without the developer's own settings. Its stdin closes when this process ends.
 */
export function startInProject({ folder, servers }: Project, args: readonly string[]): Running {
	const child = spawn(process.execPath, args, {
		cwd: folder,
		env: environment({ TMPDIR: servers }),
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const passed = finish(child, args);
	passed.catch(() => {}); // Callers handle it.
	return { child, passed };
}

async function finish(child: ChildProcess, args: readonly string[]): Promise<string> {
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream?.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
	const [code, signal] = await once(child, 'close');
	if (code === 0) return output;
	throw new SlipwayError(
		'command-failed',
		`node ${args.join(' ')} exited with ${code ?? signal}:\n${output}`,
		'Fix the error above.',
	);
}

/** Without variables set by an outer vitest or by the developer. */
function environment(variables: Record<string, string>): NodeJS.ProcessEnv {
	const foreign = /^(PG|DB_|DATABASE_|SLIPWAY_|VITEST|NODE_ENV$|NODE_OPTIONS$)/;
	const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	return { ...Object.fromEntries(inherited), ...variables };
}
