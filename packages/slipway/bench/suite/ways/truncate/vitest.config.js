import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: 'ways/truncate/setup.js', testTimeout: 60_000 } });
