import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process and its descendants. A descendant seen once still belongs after its parent ends and it gets
 * another.
 */
export class ProcessTree {
	readonly root: number;
	/** The start time of each process seen, by pid, because pids are reused. */
	readonly #seen = new Map<number, string>();

	constructor(root: number) {
		this.root = root;
		this.#seen.set(root, readProcess(root)?.startedAt ?? '');
	}

	/** The pids of the processes that are running now. */
	look(): number[] {
		const running = readProcesses();
		// A child can have a lower pid than its parent, so repeat until nothing is added.
		for (let size = -1; size !== this.#seen.size; ) {
			size = this.#seen.size;
			const members = new Set(running.filter((each) => this.#has(each)).map(({ pid }) => pid));
			for (const { pid, parent, startedAt } of running)
				if (members.has(parent)) this.#seen.set(pid, startedAt);
		}
		return running.filter((each) => this.#has(each)).map(({ pid }) => pid);
	}

	/** Whether a process with this pid was ever part of the tree. */
	hasSeen(pid: number): boolean {
		return this.#seen.has(pid);
	}

	#has({ pid, startedAt }: Found): boolean {
		return this.#seen.get(pid) === startedAt;
	}
}

interface Found {
	readonly pid: number;
	readonly parent: number;
	readonly startedAt: string;
}

function readProcesses(): Found[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((name) => readProcess(Number(name)) ?? []);
}

/** Undefined for a process that has ended, zombies included. */
function readProcess(pid: number): Found | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The second field is the program's name in parentheses, which can itself contain spaces and parentheses.
		const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return state === 'Z' ? undefined : { pid, parent: Number(parent), startedAt: rest[17] ?? '' };
	} catch {
		return undefined;
	}
}
