import { slipway } from 'slipway/vitest/plugin';
import { defineConfig } from 'vitest/config';

export const withPlugin = (options = {}) =>
	defineConfig({ plugins: [slipway({ seed: 'seed.sql', ...options })] });
