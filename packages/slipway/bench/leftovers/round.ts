import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { ProcessTree } from '../process-tree.ts';
import type { Project } from '../vitest/project.ts';
import { startInProject, startVitest } from '../vitest/run.ts';
import type { Bystanders } from './bystanders.ts';
import { RunContainers } from './containers.ts';
import { filesLeft } from './files.ts';
import type { Plan } from './plan.ts';
import { processesLeft } from './processes.ts';
import { projectFiles } from './project-files.ts';
import { killOne, type Run } from './victims.ts';

export interface Field {
	readonly project: Project;
	/** The engine, if there is one. */
	readonly docker: Docker | undefined;
	readonly bystanders: Bystanders;
}

/** In milliseconds. Leftovers usually disappear within 2 s, but take much longer on a loaded machine. */
const cleanupTimeout = 60_000;
const interval = 50;

/**
 * Kills the plan's victim in a run of vitest, starts a server as the next run would, and resolves with what
 * is then left or harmed; with undefined if the run ended before there was a victim.
 */
export async function killAndLook(field: Field, plan: Plan): Promise<string[] | undefined> {
	const { project, docker } = field;
	project.write(projectFiles(plan));
	const { child, passed } = startVitest(project);
	const tree = new ProcessTree(child.pid ?? 0);
	const run = { tree, containers: docker && new RunContainers(docker, tree) };
	const watch = setInterval(() => void look(run), interval);
	try {
		const ended = new AbortController();
		const end = Promise.allSettled([passed]).then(() => ended.abort());
		const killed = await killAtMoment(run, field, plan, ended.signal);
		await end;
		await startInProject(project, ['next.js']).passed;
		const left = await leftOf(run, field);
		return killed ? [...left, ...(await field.bystanders.harmed())] : undefined;
	} finally {
		clearInterval(watch);
	}
}

/** Records short-lived processes and containers, so that their leftovers are recognized later. */
async function look({ tree, containers }: Run): Promise<void> {
	tree.look();
	await containers?.look().catch(() => {}); // The next call asks the engine again.
}

/** Resolves with whether there was a victim before the run ended. */
async function killAtMoment(run: Run, { docker }: Field, plan: Plan, ended: AbortSignal): Promise<boolean> {
	await sleep(plan.moment, undefined, { signal: ended }).catch(() => {});
	while (!ended.aborted) {
		if (await killOne(run, docker, plan)) return true;
		await sleep(5);
	}
	return false;
}

async function leftOf({ tree, containers }: Run, { project, bystanders }: Field): Promise<string[]> {
	const end = performance.now() + cleanupTimeout;
	for (;;) {
		const left = [
			...processesLeft(tree, project, bystanders.files),
			...filesLeft(project, bystanders.files),
			...((await containers?.left()) ?? []),
		];
		if (left.length === 0 || performance.now() > end) return left;
		await sleep(interval);
	}
}
