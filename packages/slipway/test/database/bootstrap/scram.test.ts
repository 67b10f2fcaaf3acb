import { expect, test } from 'vitest';
import { scramVerifier } from '../../../src/database/bootstrap/scram.ts';

/** From PostgreSQL 18: `CREATE ROLE … PASSWORD 'pencil'`, and what pg_authid.rolpassword said then. */
const stored =
	'SCRAM-SHA-256$4096:Hx40j7jk974fTEqiQNMX3Q==$C7yj7zPwECPOpML6DdwaU94iL+BqmEjeeOTvExku4k4=:ixAwylHezwa95Nb2EEeyYSsQ+XMimMckw4LbGNSYP7E=';

test('a verifier is the one that PostgreSQL computes with the same salt', () => {
	const salt = Buffer.from(/:(.*?)\$/.exec(stored)?.[1] ?? '', 'base64');
	expect(scramVerifier('pencil', salt)).toBe(stored);
});

test('a password gets another salt each time', () => {
	expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});

test('a password is hashed in the form that SASLprep gives it, as psql sends it', () => {
	const salt = Buffer.alloc(16);
	expect(scramVerifier('Ⅸ', salt)).toBe(scramVerifier('IX', salt));
});
