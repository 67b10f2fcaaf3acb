import { globSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from './generated/client.ts';

const pglite = await PGlite.create();
for (const file of globSync('prisma/migrations/*/migration.sql').toSorted())
	await pglite.exec(readFileSync(file, 'utf8'));

export const prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
