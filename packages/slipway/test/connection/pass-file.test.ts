import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writePassFile } from '../../src/connection/pass-file.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const app = {
	host: '127.0.0.1',
	port: 5432,
	sslMode: 'disable',
	username: 'app:user',
	password: 'a\\b:c',
	database: 'app',
} as const;

test('the file contains the login, readable by its owner only, and replaces an older file', () => {
	const folder = temporaryDirectory();
	const file = join(folder, 'pgpass');
	writeFileSync(file, 'old');
	chmodSync(file, 0o644);
	writePassFile(file, app);
	expect(readFileSync(file, 'utf8')).toBe('127.0.0.1:5432:app:app\\:user:a\\\\b\\:c\n');
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(readdirSync(folder)).toEqual(['pgpass']);
});
