/** Prints the statements that `diff` returns for the databases in CURRENT and DESIRED, and exits. */
export async function write(diff) {
	const statements = await diff(process.env.CURRENT, process.env.DESIRED);
	// Not every candidate closes its connections.
	process.stdout.write(JSON.stringify(statements), () => process.exit());
}
