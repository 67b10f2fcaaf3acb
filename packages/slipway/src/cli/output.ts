/** Prints data. */
export function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Prints diagnostics. */
export function report(line: string): void {
	process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
	print(JSON.stringify(value, undefined, '\t'));
}
