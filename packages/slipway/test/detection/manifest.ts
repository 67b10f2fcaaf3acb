/** A package.json that depends on these packages. */
export function manifest(dependencies: readonly string[], fields: object = {}): string {
	const versions = Object.fromEntries(dependencies.map((name) => [name, '*']));
	return JSON.stringify({ name: 'project', ...fields, dependencies: versions });
}
