import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: { setupFiles: ['./test/container.ts'], hookTimeout: 60_000, testTimeout: 60_000 },
});
