import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: 'migrations',
});
