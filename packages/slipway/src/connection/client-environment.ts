/**
 * Runs `create` while no variable is set from which a client would take a setting. Slipway's clients use its own settings
 * only: with PGOPTIONS from the caller's shell, a migration could create its tables in another schema. pg and postgres.js
 * read the environment when a client is created, pg also when it is loaded.
 */
export function withoutClientVariables<T>(create: () => T): T {
	const hidden: Record<string, string | undefined> = {};
	for (const name of Object.keys(process.env).filter((name) => /^(PG|NODE_PG_)/.test(name))) {
		hidden[name] = process.env[name];
		delete process.env[name];
	}
	try {
		return create();
	} finally {
		Object.assign(process.env, hidden);
	}
}
