import postgres from 'postgres';
import { optionsOf, startSharedServer } from '../common/shared-server.js';

/** Each worker has a database of its own: the tests of another would see the truncation. */
export default async function setup(project) {
	const server = await startSharedServer();
	const { database } = server.app;
	const workers = project.config.maxWorkers;
	const databases = Array.from({ length: workers }, (_, index) =>
		index === 0 ? database : `${database}_${index + 1}`,
	);
	const admin = postgres({ ...optionsOf({ ...server.admin, database: 'postgres' }), max: 1 });
	for (const copy of databases.slice(1))
		await admin`CREATE DATABASE ${admin(copy)} TEMPLATE ${admin(database)} OWNER app_owner`;
	await admin.end();
	project.provide('app', server.app);
	project.provide('migrator', server.migrator);
	project.provide('databases', databases);
	return () => server.stop();
}
