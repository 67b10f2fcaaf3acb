import { randomBytes } from 'node:crypto';
import type { Connection } from '../../connection/index.ts';

export const newPassword = () => randomBytes(24).toString('base64url');

export function superuserConnection(host: string, port: number, password: string): Connection {
	return { host, port, sslMode: 'disable', username: 'postgres', password, database: 'postgres' };
}
