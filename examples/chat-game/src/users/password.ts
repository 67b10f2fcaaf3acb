import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Uses Node's default cost (16 MiB, on a libuv thread), because every authenticated request pays it. */
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

const saltBytes = 16;
/** Salt and key fill the column: 128 hexadecimal characters. */
const keyBytes = 48;

export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(saltBytes);
	return Buffer.concat([salt, await derive(password, salt, keyBytes)]).toString('hex');
}

export async function matchesHash(password: string, hash: string): Promise<boolean> {
	const bytes = Buffer.from(hash, 'hex');
	const key = await derive(password, bytes.subarray(0, saltBytes), keyBytes);
	return timingSafeEqual(key, bytes.subarray(saltBytes));
}
