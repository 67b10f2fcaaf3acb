import { withCommandNames } from '../terminal/index.ts';
import type { Project } from './project.ts';

/** Prints data. */
export function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Prints diagnostics. */
export function report(line: string): void {
	process.stderr.write(`${line}\n`);
}

/** `report`, with commands named as this user runs them. */
export const reporter =
	({ commandName }: Pick<Project, 'commandName'>) =>
	(line: string): void =>
		report(withCommandNames(line, commandName));

export function printJson(value: unknown): void {
	print(JSON.stringify(value, undefined, '\t'));
}
