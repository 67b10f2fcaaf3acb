import { execFileSync } from 'node:child_process';
import { PostgreSqlContainer } from '@testcontainers/postgresql';

const container = await new PostgreSqlContainer('postgres:18').start();
process.env.DATABASE_URL = `${container.getConnectionUri()}?sslmode=disable`;
execFileSync('npx', ['dbmate', '--no-dump-schema', 'migrate'], { stdio: 'pipe' });

export const mochaHooks = {
	async afterAll() {
		this.timeout(60_000);
		await container.stop();
	},
};
