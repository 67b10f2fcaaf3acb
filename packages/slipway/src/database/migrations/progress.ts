import type { Direction } from './markers.ts';
import type { MigrationScript, ScriptPart } from './script.ts';
import type { Statement } from './statements.ts';

/** A script and the part of it to run. */
export interface MigrationStep {
	readonly script: MigrationScript;
	readonly part: ScriptPart;
}

interface ProgramState {
	readonly inTransaction?: boolean;
	readonly sent?: string;
	readonly isRecording?: boolean;
}

/** Tracks a run, because node-pg-migrate does not report which statement failed. */
export class Progress {
	readonly direction: Direction;
	readonly #steps: readonly MigrationStep[];
	#current: MigrationStep | undefined;
	#queries = 0;
	#programState: ProgramState = {};
	#done: string[] = [];

	constructor(direction: Direction, steps: readonly MigrationStep[]) {
		this.direction = direction;
		this.#steps = steps;
	}

	begin(step: MigrationStep): void {
		this.#current = step;
		this.#queries = 0;
		this.#programState = {};
	}

	/** The current step is committed. */
	finish(): void {
		if (this.#current !== undefined) this.#done.push(this.#current.script.file.name);
		this.#current = undefined;
	}

	/**
	 * Called before each query. In a transaction these are BEGIN, its settings, the statements, the ledger, and
	 * COMMIT.
	 */
	countQuery(): void {
		this.#queries += 1;
	}

	/** Called when a program, which decides this while it runs, does so. */
	noteProgram(state: ProgramState): void {
		this.#programState = { ...this.#programState, ...state };
	}

	/** Whether the current step runs in a transaction. */
	get inTransaction(): boolean {
		return this.#programState.inTransaction ?? this.#current?.part.inTransaction ?? true;
	}

	/** The last SQL that a program sent. */
	get sent(): string | undefined {
		return this.#programState.sent;
	}

	get current(): MigrationStep | undefined {
		return this.#current;
	}

	/** The last query, if it was one of the migration's own statements. */
	get statement(): Statement | undefined {
		const before = this.#current?.part.inTransaction ? 2 : 0;
		return this.#current?.part.statements[this.#queries - before - 1];
	}

	/** The migration's own statements are done, and the last query writes its entry in the ledger. */
	get isRecording(): boolean {
		if (this.#current === undefined) return false;
		if (this.#current.part.program !== undefined) return this.#programState.isRecording === true;
		const { inTransaction, statements } = this.#current.part;
		const after = this.#queries - (inTransaction ? 2 : 0) - statements.length;
		return after === 1 || after === 2;
	}

	get done(): readonly string[] {
		return this.#done;
	}

	get ahead(): readonly string[] {
		return this.#steps.slice(this.#done.length + 1).map(({ script }) => script.file.name);
	}
}
