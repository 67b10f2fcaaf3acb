import { DataSource, type DataSourceOptions } from 'typeorm';
import { PGliteDriver } from 'typeorm-pglite';
import { Book } from './book';

export const options: DataSourceOptions = {
	type: 'postgres',
	driver: new PGliteDriver().driver,
	entities: [Book],
	migrations: ['migrations/*.ts'],
	migrationsRun: true,
};

export const dataSource = new DataSource(options);
