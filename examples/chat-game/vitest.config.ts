import { slipway } from 'slipway/vitest/plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [slipway()] });
