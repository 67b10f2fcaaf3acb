import { dirname, resolve } from 'node:path';
import type { ColumnDefinitions, MigrationBuilder } from 'node-pg-migrate';
import { suggestForFolder } from '../../detection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { isConnectionError } from '../connection-errors.ts';
import { foreignFix } from './file-name.ts';
import type { MigrationFile } from './files.ts';

/** A function of a migration that is JavaScript or TypeScript. */
export interface ProgramPart {
	readonly run: (pgm: MigrationBuilder) => Promise<void>;
	/** The types that it may name instead of spelling them out. */
	readonly shorthands: ColumnDefinitions;
	/** Whether its operations are those that apply the migration, to be reverted in reverse. */
	readonly isReversed: boolean;
}

export interface Program {
	readonly up: ProgramPart;
	/** Undefined if the module forbids to revert it. */
	readonly down: ProgramPart | undefined;
}

/** What the function of a migration threw, if neither the server nor the connection is the cause. */
export class ProgramError extends Error {
	override readonly name = 'ProgramError';
	override readonly cause: Error;

	constructor(cause: Error) {
		super(cause.message);
		this.cause = cause;
	}
}

/** What node-pg-migrate's modules export. */
interface Exports {
	readonly up?: Action | false;
	readonly down?: Action | false;
	readonly shorthands?: ColumnDefinitions;
}

type Action = (pgm: MigrationBuilder, done?: (error?: unknown) => void) => unknown;

/**
 * Loads the modules among `files`, in order, since each can use the shorthands of earlier ones. Throws
 * `invalid-migrations` for one that cannot be loaded.
 */
export async function loadPrograms(files: readonly MigrationFile[]): Promise<ReadonlyMap<string, Program>> {
	refuseForeign(files);
	const programs = new Map<string, Program>();
	let shorthands: ColumnDefinitions = {};
	for (const file of files) {
		const { name, path } = file;
		const exports = await load(file).catch((cause: unknown) => {
			throw notLoaded(path, cause);
		});
		shorthands = { ...shorthands, ...exports.shorthands };
		programs.set(name, toProgram(path, exports, shorthands));
	}
	return programs;
}

function refuseForeign([first]: readonly MigrationFile[]): void {
	const suggested = first && suggestForFolder(dirname(first.path));
	if (suggested === undefined || suggested.tool === 'plain SQL') return;
	throw new SlipwayError(
		'invalid-migrations',
		`${first?.path} is not a migration of node-pg-migrate`,
		foreignFix(suggested),
	);
}

/**
 * As node-pg-migrate does, with jiti, so that the same syntax works; but from the text, because `dev` runs
 * files again that were edited, and Node keeps modules.
 */
async function load({ path, text }: MigrationFile): Promise<Exports> {
	const filename = resolve(path);
	const { createJiti } = await import('jiti');
	const jiti = createJiti(filename, { moduleCache: false, fsCache: false });
	const isModule = /^\s*(import|export)\b/m.test(text);
	const options = { filename, async: true, ...(isModule && { forceTranspile: true }) };
	const module = (await jiti.evalModule(text, options)) as Exports & { readonly default?: Exports };
	return module.up === undefined ? (module.default ?? module) : module;
}

function toProgram(path: string, { up, down }: Exports, shorthands: ColumnDefinitions): Program {
	if (typeof up !== 'function' || (down !== undefined && down !== false && typeof down !== 'function'))
		throw new SlipwayError(
			'invalid-migrations',
			`${path} ${typeof up === 'function' ? 'exports "down", which is neither a function nor false' : 'exports no function "up"'}`,
			"Export the functions of node-pg-migrate's migrations: export const up = (pgm) => { … }. Move other modules to another folder.",
		);
	return {
		up: { run: toRun(up), shorthands, isReversed: false },
		down:
			down === false
				? undefined
				: { run: toRun(down ?? up), shorthands, isReversed: down === undefined || down === up },
	};
}

/** A function with a second parameter calls it when it is done. */
function toRun(action: Action): ProgramPart['run'] {
	return async (pgm) => {
		try {
			if (action.length < 2) await action(pgm);
			else
				await new Promise<void>((resolve, reject) => {
					action(pgm, (error) => (error ? reject(error) : resolve()));
				});
		} catch (thrown) {
			const error = thrown instanceof Error ? thrown : new Error(String(thrown));
			throw 'severity' in error || isConnectionError(error) ? error : new ProgramError(error);
		}
	};
}

function notLoaded(path: string, cause: unknown): SlipwayError {
	const message = cause instanceof Error ? cause.message : String(cause);
	return new SlipwayError(
		'invalid-migrations',
		`${path} cannot be loaded: ${message}`,
		'Fix the file. Nothing was run.',
		{ cause },
	);
}
