import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		globalSetup: 'ways/pgsql-test/setup.js',
		testTimeout: 60_000,
		env: { LOG_LEVEL: 'error' }, // It prints several lines for each test file.
	},
});
