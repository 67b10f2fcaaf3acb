import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: {
		command: 'npx typeorm-ts-node-commonjs migration:run -d src/data-source.ts',
		inputs: ['migrations', 'src/data-source.ts'],
	},
});
