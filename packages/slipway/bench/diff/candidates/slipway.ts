import type { Connection } from '../../../src/connection/index.ts';
import { compareSchemas } from '../../../src/database/models/index.ts';
import { write } from './write.mjs';

await write(async (current: string, desired: string) => {
	const [from, to] = [toConnection(current), toConnection(desired)];
	const database = (connection: Connection) => ({
		owner: connection.username,
		migrator: connection,
		admin: connection,
	});
	return (await compareSchemas(database(from), database(to))).up.map(({ sql }) => sql);
});

function toConnection(url: string): Connection {
	const { hostname, port, username, password, pathname } = new URL(url);
	return {
		host: hostname,
		port: Number(port),
		sslMode: 'disable',
		username,
		password: decodeURIComponent(password),
		database: pathname.slice(1),
	};
}
