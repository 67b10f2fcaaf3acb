import postgres from 'postgres';

/** The first column of what `statement` returns on the database of `url`. */
export async function query(url: string, statement: string): Promise<readonly unknown[]> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		return (await sql.unsafe(statement).values()).map(([value]) => value);
	} finally {
		await sql.end();
	}
}
