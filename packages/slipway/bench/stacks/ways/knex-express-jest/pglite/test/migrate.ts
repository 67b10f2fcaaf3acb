import { db } from '../src/db';

beforeAll(async () => {
	await db.migrate.latest();
});
