import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { command: 'npx kysely migrate:latest', inputs: ['migrations', 'kysely.config.ts'] },
});
