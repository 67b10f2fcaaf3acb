import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
		globalSetup: ['packages/slipway/test/global-setup.ts'],
		// Tests wait for servers and child processes more than they compute.
		maxWorkers: '150%',
		// They end tests that hang. A busy machine takes long for tests that start many processes.
		testTimeout: 600_000,
		hookTimeout: 600_000,
	},
});
