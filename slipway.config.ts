import { defineConfig } from 'slipway/config';

export default defineConfig({
	models: 'src',
	types: 'src/rows.ts',
	dev: {
		command: 'node --import ./scripts/jsx.ts src/main.ts',
		watch: ['src'],
		links: { 'API docs': '/api/docs', Metrics: '/metrics', Ready: '/readyz' },
	},
});
