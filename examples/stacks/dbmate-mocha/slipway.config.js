import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { sql: 'db/migrations/*.sql' },
});
