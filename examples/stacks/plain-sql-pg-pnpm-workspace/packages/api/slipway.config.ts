import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { sql: 'migrations/*.sql', cwd: '../db' },
});
