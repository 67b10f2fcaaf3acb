import { join } from 'node:path';

export default {
	test: { include: ['test/integration/**/*.spec.ts'] },
	resolve: { alias: { '@testcontainers/postgresql': join(import.meta.dirname, 'container.mjs') } },
};
