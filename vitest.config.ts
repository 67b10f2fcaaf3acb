import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
		globalSetup: ['packages/slipway/test/global-setup.ts'],
		// Tests wait for servers and child processes more than they compute.
		maxWorkers: '100%',
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
