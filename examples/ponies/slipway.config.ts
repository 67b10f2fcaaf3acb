import { defineConfig } from 'slipway/config';

export default defineConfig({
	types: 'src/database/rows.ts',
	// Node strips types but does not compile JSX; tsx does.
	dev: { command: 'node --import tsx src/main.ts', watch: ['src'] },
});
