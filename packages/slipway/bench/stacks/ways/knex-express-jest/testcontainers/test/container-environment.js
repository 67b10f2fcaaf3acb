const { PostgreSqlContainer } = require('@testcontainers/postgresql');
const { TestEnvironment } = require('jest-environment-node');
const { knex } = require('knex');
const config = require('../knexfile.js');

module.exports = class extends TestEnvironment {
	async setup() {
		await super.setup();
		this.container = await new PostgreSqlContainer('postgres:18').start();
		const connection = this.container.getConnectionUri();
		const db = knex({ ...config, connection });
		await db.migrate.latest();
		await db.destroy();
		this.global.process.env.DATABASE_URL = connection;
	}

	async teardown() {
		await this.container.stop();
		await super.teardown();
	}
};
