import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { command: 'npx knex migrate:latest', inputs: ['migrations', 'knexfile.js'] },
});
