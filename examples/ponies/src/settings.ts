import { z } from 'zod';

const environment = z
	.object({
		DATABASE_URL: z.string().min(1),
		HOST: z.string().default('127.0.0.1'),
		PORT: z.coerce.number().int().min(0).max(65535).default(3000),
		NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
		SECRET_KEY: z
			.string()
			.min(32, 'use 32 characters or more. Create one: openssl rand -base64 32')
			.optional(),
	})
	.refine(({ NODE_ENV, SECRET_KEY }) => NODE_ENV !== 'production' || SECRET_KEY !== undefined, {
		path: ['SECRET_KEY'],
		message: 'required if NODE_ENV is production. Create one: openssl rand -base64 32',
	});

export interface Settings {
	readonly databaseUrl: string;
	readonly host: string;
	readonly port: number;
	readonly secretKey: string;
	/** Whether browsers send the session cookie over HTTPS only. */
	readonly secureCookies: boolean;
}

/** Throws an error that names the variables if any are missing or invalid. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
	const { success, data, error } = environment.safeParse(variables);
	if (!success) throw new Error(`Invalid environment variables:\n${z.prettifyError(error)}`);
	return {
		databaseUrl: data.DATABASE_URL,
		host: data.HOST,
		port: data.PORT,
		// Random, because a default key in the source would not be secret if NODE_ENV were forgotten. Lasts until a restart.
		secretKey: data.SECRET_KEY ?? crypto.randomUUID(),
		secureCookies: data.NODE_ENV === 'production',
	};
}
