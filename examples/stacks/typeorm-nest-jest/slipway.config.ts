import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { command: 'npm run migrate', inputs: ['migrations', 'src/data-source.ts'] },
});
