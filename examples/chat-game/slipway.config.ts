import { defineConfig } from 'slipway/config';

export default defineConfig({
	dev: { command: 'node src/main.ts', watch: ['src'] },
});
