import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: 'ways/shared/setup.js', testTimeout: 60_000 } });
