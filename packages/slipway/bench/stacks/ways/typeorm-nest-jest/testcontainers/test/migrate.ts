import { dataSource } from '../src/data-source';

beforeAll(async () => {
	await dataSource.initialize();
	await dataSource.runMigrations();
	await dataSource.destroy();
});
