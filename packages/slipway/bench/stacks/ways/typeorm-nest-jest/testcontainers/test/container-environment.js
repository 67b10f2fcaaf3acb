const { PostgreSqlContainer } = require('@testcontainers/postgresql');
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
	async setup() {
		await super.setup();
		this.container = await new PostgreSqlContainer('postgres:18').start();
		this.global.process.env.DATABASE_URL = this.container.getConnectionUri();
	}

	async teardown() {
		await this.container.stop();
		await super.teardown();
	}
};
