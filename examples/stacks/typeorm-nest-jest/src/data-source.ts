import { DataSource, type DataSourceOptions } from 'typeorm';
import { Book } from './book';

if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set');

export const options: DataSourceOptions = {
	type: 'postgres',
	url: process.env.DATABASE_URL,
	entities: [Book],
	migrations: ['migrations/*.ts'],
};

export const dataSource = new DataSource(options);
