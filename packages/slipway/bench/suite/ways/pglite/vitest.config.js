import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: 'ways/pglite/setup.js', testTimeout: 60_000 } });
