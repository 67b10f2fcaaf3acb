import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessTree } from '../process-tree.ts';
import type { Project } from '../vitest/project.ts';
import type { Victim } from './plan.ts';

/** The arguments of a process's command line; empty if it has ended. */
function commandLine(pid: number): string[] {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
	} catch {
		return [];
	}
}

/** The processes of a run of vitest, and of its embedded servers, that can be killed. */
export const processesOf: Record<Victim, (tree: ProcessTree) => number[]> = {
	runner: (tree) => tree.look().filter((pid) => pid === tree.root),
	worker: (tree) => running(tree, (words) => words.some((word) => word.includes('vitest/dist/workers/'))),
	postgres: (tree) => tree.look().filter((pid) => programOf(pid) === 'postgres'),
	/** The shells that supervise servers, initdb and locks. */
	supervisor: (tree) => running(tree, ([program, , , name]) => program === '/bin/sh' && name === 'slipway'),
};

/** The processes of the run, and any whose command line names one of the project's unique folders. */
export function processesLeft(tree: ProcessTree, project: Project, spared: readonly string[]): string[] {
	const named = readdirSync('/proc')
		.map(Number)
		.filter((pid) => pid > 0 && names(pid, project, spared));
	return [...new Set([...tree.look(), ...named])].map((pid) => `process ${pid}: ${describe(pid)}`);
}

function names(pid: number, { folder, servers }: Project, spared: readonly string[]): boolean {
	const words = commandLine(pid).join(' ');
	const isTheirs = spared.some((name) => words.includes(join(servers, name)));
	return !isTheirs && (words.includes(folder) || words.includes(servers));
}

const running = (tree: ProcessTree, isWanted: (words: string[]) => boolean) =>
	tree.look().filter((pid) => isWanted(commandLine(pid)));

const describe = (pid: number) => commandLine(pid).join(' ').slice(0, 200);

/** The kernel's name of the program. Unlike the command line, a server's processes cannot change it. */
function programOf(pid: number): string | undefined {
	try {
		return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
	} catch {
		return undefined;
	}
}
