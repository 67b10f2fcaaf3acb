import { expect, test } from 'vitest';
import { scramVerifier } from '../../../src/database/bootstrap/scram.ts';

/** What PostgreSQL 18 stores in pg_authid.rolpassword after `CREATE ROLE … PASSWORD 'pencil'`. */
const stored =
	'SCRAM-SHA-256$4096:Hx40j7jk974fTEqiQNMX3Q==$C7yj7zPwECPOpML6DdwaU94iL+BqmEjeeOTvExku4k4=:ixAwylHezwa95Nb2EEeyYSsQ+XMimMckw4LbGNSYP7E=';

test('a verifier equals the one that PostgreSQL computes with the same salt', () => {
	const salt = Buffer.from(/:(.*?)\$/.exec(stored)?.[1] ?? '', 'base64');
	expect(scramVerifier('pencil', salt)).toBe(stored);
});

test('each verifier gets a new salt', () => {
	expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});

test('a password is normalized with SASLprep before hashing, as psql does', () => {
	const salt = Buffer.alloc(16);
	expect(scramVerifier('Ⅸ', salt)).toBe(scramVerifier('IX', salt));
});
