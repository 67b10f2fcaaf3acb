import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { sql: 'packages/db/migrations/*.sql' },
});
