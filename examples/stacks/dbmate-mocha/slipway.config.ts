import { defineConfig } from 'slipway/config';

export default defineConfig({
	migrations: { command: 'npx dbmate --no-dump-schema migrate', inputs: ['db/migrations'] },
});
