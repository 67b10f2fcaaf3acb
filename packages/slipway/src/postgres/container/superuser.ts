import { randomBytes } from 'node:crypto';
import { type Login, maintenanceDatabase, toLogin } from '../../connection/index.ts';

export const newPassword = () => randomBytes(24).toString('base64url');

export function superuserConnection(host: string, port: number, password: string): Login {
	return toLogin({
		host,
		port,
		sslMode: 'disable',
		username: 'postgres',
		password,
		database: maintenanceDatabase,
	});
}
