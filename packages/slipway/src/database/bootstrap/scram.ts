import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { normalizePassword } from '../../connection/index.ts';

/** PostgreSQL's own default, `scram_iterations`. */
const iterations = 4096;

/**
 * What PostgreSQL stores for a password, in a form that `PASSWORD '…'` accepts as is (RFC 5803). So the
 * password itself neither crosses the network nor reaches a log.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
	const salted = pbkdf2Sync(normalizePassword(password), salt, iterations, 32, 'sha256');
	const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
	const serverKey = hmac(salted, 'Server Key').toString('base64');
	return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}
