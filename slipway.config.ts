import { defineConfig } from 'slipway/config';

export default defineConfig({
	models: 'src',
	types: 'src/rows.ts',
	dev: { command: 'node src/main.ts', watch: ['src'] },
});
