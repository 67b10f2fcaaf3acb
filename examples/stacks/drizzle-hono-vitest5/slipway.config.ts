import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { command: 'npx drizzle-kit migrate', inputs: ['drizzle', 'drizzle.config.ts'] },
});
