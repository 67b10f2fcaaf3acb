/** Prints the statements that `diff` gives for the databases that the environment names, and ends the process. */
export async function write(diff) {
	const statements = await diff(process.env.CURRENT, process.env.DESIRED);
	// Not every candidate closes its connections.
	process.stdout.write(JSON.stringify(statements), () => process.exit());
}
