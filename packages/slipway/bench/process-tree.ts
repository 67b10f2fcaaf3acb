import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process and all that came from it. One that was seen to belong stays, also when its parent has ended and it has
 * another now.
 */
export class ProcessTree {
	readonly root: number;
	/** Of all that were seen, by pid, when each started: pids are given out again. */
	readonly #seen = new Map<number, string>();

	constructor(root: number) {
		this.root = root;
		this.#seen.set(root, readProcess(root)?.startedAt ?? '');
	}

	/** The pids of those that run at this moment. */
	look(): number[] {
		const running = readProcesses();
		// Children have not always a higher pid than their parents: until nothing is added.
		for (let size = -1; size !== this.#seen.size; ) {
			size = this.#seen.size;
			const members = new Set(running.filter((each) => this.#has(each)).map(({ pid }) => pid));
			for (const { pid, parent, startedAt } of running)
				if (members.has(parent)) this.#seen.set(pid, startedAt);
		}
		return running.filter((each) => this.#has(each)).map(({ pid }) => pid);
	}

	/** Whether a process with this pid was one of them, whether or not it still runs. */
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

/** Undefined for a process that has ended meanwhile, also when nobody has waited for it yet. */
function readProcess(pid: number): Found | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The second field is the program's name in parentheses and may hold spaces and parentheses itself.
		const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return state === 'Z' ? undefined : { pid, parent: Number(parent), startedAt: rest[17] ?? '' };
	} catch {
		return undefined;
	}
}
