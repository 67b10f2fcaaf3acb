/** What the tests use, on a client of postgres.js. Other clients have adapters of their own. */
export const onPostgresJs = (sql) => ({
	query: (text, values = []) => sql.unsafe(text, values, { prepare: true }),
	begin: (use) => sql.begin((tx) => use(onPostgresJs(tx))),
});

/** A fixture `db` on the fixture `sql`. */
export const dbOnSql = { db: async ({ sql }, use) => await use(onPostgresJs(sql)) };
