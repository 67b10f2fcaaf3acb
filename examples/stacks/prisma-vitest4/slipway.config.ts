import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { sql: 'prisma/migrations/*/migration.sql' },
});
