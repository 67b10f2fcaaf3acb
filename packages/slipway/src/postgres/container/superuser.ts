import { randomBytes } from 'node:crypto';
import { type Login, maintenanceDatabase, toLogin } from '../../connection/index.ts';

export const newPassword = () => randomBytes(24).toString('base64url');

export const defaultSuperuser = 'postgres';

interface Superuser {
	readonly superuser?: string | undefined;
	readonly superuserPassword: string;
}

/** `sslRootCert`: the authority of the server's certificate, if it has one. */
export function superuserConnection(
	host: string,
	port: number,
	{ superuser = defaultSuperuser, superuserPassword }: Superuser,
	sslRootCert?: string,
): Login {
	return toLogin({
		host,
		port,
		sslMode: sslRootCert === undefined ? 'disable' : 'require',
		sslRootCert,
		username: superuser,
		password: superuserPassword,
		database: maintenanceDatabase,
	});
}
