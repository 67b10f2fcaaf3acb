import postgres from 'postgres';
import { optionsOf, startSharedServer } from '../common/shared-server.js';

/** It needs a server, with these roles, which another package of its authors creates. */
export default async function setup(project) {
	const server = await startSharedServer();
	const { host, port, username, password } = server.admin;
	const admin = postgres({ ...optionsOf({ ...server.admin, database: server.app.database }), max: 1 });
	for (const role of ['anonymous', 'authenticated', 'administrator']) await admin`CREATE ROLE ${admin(role)}`;
	await admin`GRANT ${admin(server.app.username)} TO authenticated`;
	// Its databases have another owner, to whom the schema belongs then.
	await admin`GRANT USAGE ON SCHEMA public TO app_owner`;
	await admin.end();
	project.provide('pgsql-test', {
		server: { host, port, user: username, password },
		template: server.app.database,
		app: { user: 'pgsql_test', password: 'pgsql_test' },
	});
	return () => server.stop();
}
