import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

export const db = drizzle(await PGlite.create());
await migrate(db, { migrationsFolder: 'drizzle' });
