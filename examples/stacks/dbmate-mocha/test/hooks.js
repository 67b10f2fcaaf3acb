import { sql } from '../src/db.js';

before(async () => {
	await sql`DELETE FROM loan`;
	await sql`DELETE FROM book`;
});
after(() => sql.end());
