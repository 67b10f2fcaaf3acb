import type { MigrationScript, ScriptPart } from './script.ts';
import type { Statement } from './statements.ts';

export type Direction = 'up' | 'down';

/** A script and the part of it that is to run. */
export interface MigrationStep {
	readonly script: MigrationScript;
	readonly part: ScriptPart;
}

/** How far a run has come. node-pg-migrate itself does not say at which file and statement it failed. */
export class Progress {
	readonly #steps: readonly MigrationStep[];
	readonly #onMigrated: (name: string) => void;
	#current: MigrationStep | undefined;
	#queries = 0;
	#done: string[] = [];

	constructor(steps: readonly MigrationStep[], onMigrated: (name: string) => void) {
		this.#steps = steps;
		this.#onMigrated = onMigrated;
	}

	/** `step` comes next, or nothing does: the one before it is committed. */
	begin(step: MigrationStep | undefined): void {
		if (this.#current !== undefined) {
			const { name } = this.#current.script.file;
			this.#done.push(name);
			this.#onMigrated(name);
		}
		this.#current = step;
		this.#queries = 0;
	}

	/** Called before each query: BEGIN where the part has a transaction, its statements, the ledger, COMMIT. */
	countQuery(): void {
		this.#queries += 1;
	}

	get current(): MigrationStep | undefined {
		return this.#current;
	}

	/** The one that was sent last, unless that was not the migration's own. */
	get statement(): Statement | undefined {
		const begin = this.#current?.part.inTransaction ? 1 : 0;
		return this.#current?.part.statements[this.#queries - begin - 1];
	}

	get done(): readonly string[] {
		return this.#done;
	}

	get ahead(): readonly string[] {
		return this.#steps.slice(this.#done.length + 1).map(({ script }) => script.file.name);
	}
}
