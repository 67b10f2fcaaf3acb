import { expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

const given = { DATABASE_URL: 'postgres://localhost/app' };

test('production needs a secret key', () => {
	expect(() => readSettings({ ...given, NODE_ENV: 'production' })).toThrow(
		/required if NODE_ENV is production.*\n.*SECRET_KEY/,
	);
	expect(readSettings({ ...given, NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32) })).toMatchObject({
		secretKey: 'x'.repeat(32),
		secureCookies: true,
	});
});

test('a short secret key is refused everywhere', () => {
	for (const SECRET_KEY of ['', 'x'.repeat(31)])
		expect(() => readSettings({ ...given, SECRET_KEY })).toThrow(/32 characters or more/);
});

test('outside production, each start generates a key', () => {
	const [first, second] = [readSettings(given), readSettings(given)];
	expect(first.secretKey).not.toBe(second.secretKey);
	expect(first).toMatchObject({ host: '127.0.0.1', port: 3000, secureCookies: false });
});
