import type Docker from 'dockerode';
import type { ProcessTree } from '../process-tree.ts';
import { killFirstProcess, killPostgresIn, type RunContainers } from './containers.ts';
import type { Plan } from './plan.ts';
import { processesOf } from './processes.ts';

/** A run of vitest with everything that it started. */
export interface Run {
	readonly tree: ProcessTree;
	readonly containers: RunContainers | undefined;
}

/** Kills one of the plan's victims. Resolves with whether there was one. */
export async function killOne(run: Run, docker: Docker | undefined, plan: Plan): Promise<boolean> {
	const { provider, victim, choice } = plan;
	if (provider === 'container' && docker !== undefined && (victim === 'postgres' || victim === 'supervisor'))
		return await killInContainer(run, docker, plan);
	const pid = pick(processesOf[victim](run.tree), choice);
	return pid !== undefined && kill(pid);
}

async function killInContainer(
	{ containers }: Run,
	docker: Docker,
	{ victim, choice }: Plan,
): Promise<boolean> {
	const running = ((await containers?.look()) ?? []).filter(({ State }) => State === 'running');
	const id = pick(running, choice)?.Id;
	if (id === undefined) return false;
	return victim === 'supervisor'
		? await killFirstProcess(docker, id)
		: await killPostgresIn(docker, id, choice);
}

function pick<T>(all: readonly T[], choice: number): T | undefined {
	return all[Math.floor(choice * all.length)];
}

function kill(pid: number): boolean {
	try {
		return process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false; // It has ended.
		throw error;
	}
}
