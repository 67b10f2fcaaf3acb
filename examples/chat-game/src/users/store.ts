import type { Sql } from 'postgres';
import { hashPassword, matchesHash } from './password.ts';

/** Returns false if the name is taken. */
export async function addUser(sql: Sql, username: string, password: string): Promise<boolean> {
	const { count } = await sql`
		INSERT INTO users (username, password_hash) VALUES (${username}, ${await hashPassword(password)})
		ON CONFLICT DO NOTHING`;
	return count === 1;
}

/** An unknown username is rejected faster, which reveals nothing: usernames are public. */
export async function isPasswordOf(sql: Sql, username: string, password: string): Promise<boolean> {
	const [user] = await sql<{ hash: string }[]>`
		SELECT password_hash AS hash FROM users WHERE username = ${username}`;
	return user !== undefined && (await matchesHash(password, user.hash));
}
