import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { loadSettings, parseSettings, readEnvironment } from '../../src/settings/index.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';
import { slipwayErrorOf } from './errors-of.ts';

const own = makeDirectory();
const directory = own.path;
afterAll(() => own[Symbol.dispose]());

let files = 0;
function envFile(content: string | Uint8Array): string {
	files += 1;
	const path = join(directory, `${files}.env`);
	writeFileSync(path, content);
	return path;
}

test('a missing .env is fine', () => {
	const settings = loadSettings({ environment: { PORT: '1' }, envFile: join(directory, 'missing') });
	expect(settings).toEqual(parseSettings({ PORT: '1' }));
});

test('.env sets only what the environment does not', () => {
	const path = envFile('PORT=1\nHOST=::1\n');
	expect(loadSettings({ environment: { PORT: '2' }, envFile: path }).service).toMatchObject({
		port: 2,
		host: '::1',
	});
});

test('an empty variable in the environment restores the default', () => {
	const path = envFile('PORT=1\n');
	expect(loadSettings({ environment: { PORT: '' }, envFile: path }).service.port).toBe(3000);
});

test('for any variables that both set, the environment wins', () => {
	const variables = fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_]{0,3}$/), fc.stringMatching(/^[a-z0-9]*$/));
	const path = envFile('');
	fc.assert(
		fc.property(variables, variables, (environment, file) => {
			writeFileSync(
				path,
				Object.entries(file)
					.map(([name, value]) => `${name}=${value}\n`)
					.join(''),
			);
			const { variables, origins } = readEnvironment(environment, path);
			expect(variables).toEqual({ ...file, ...environment });
			for (const name of origins.keys()) expect(environment).not.toHaveProperty(name);
		}),
	);
});

test('an error names the line of the .env if the value is from there', () => {
	const path = envFile('# ports\nPORT=http\nDB_PORT=0\n');
	const error = slipwayErrorOf(() => loadSettings({ environment: { DB_PORT: 'x' }, envFile: path }));
	expect(error?.message).toContain(`PORT="http" (${path}:2): is not a port number`);
	expect(error?.message).toContain('DB_PORT="x": is not a port number');
});

test('the roles that a process logs in as reach the check of default passwords', () => {
	const sources = {
		environment: { NODE_ENV: 'production', DB_PASSWORD: 'own' },
		envFile: join(directory, 'missing'),
	};
	expect(loadSettings(sources, { roles: ['app'] }).database.app.password).toBe('own');
	expect(slipwayErrorOf(() => loadSettings(sources))?.message).toContain('DB_ADMIN_PASSWORD');
});

test('all syntax errors in a .env are reported at once, with file and line but without their text', () => {
	const path = envFile('PORT=1\nhunter2\nhunter2 x=hunter2\nDB_PASSWORD="hunter2\nPORT=hunter2\n');
	const error = slipwayErrorOf(() => loadSettings({ environment: {}, envFile: path }));
	expect(error?.code).toBe('invalid-env-file');
	expect(error?.message.match(/:\d+: /g)).toEqual([':2: ', ':3: ', ':4: ', ':5: ']);
	expect(error?.message).toContain(`${path}:5: sets PORT, which line 1 sets already. Remove one of the two.`);
	expect(`${error?.stack}${error?.hint}`).not.toContain('hunter2');
});

const unreadable: [what: string, path: string, reason: string][] = [
	['is a directory', directory, 'illegal operation on a directory'],
	['is UTF-16', envFile(Buffer.from('\ufeffPORT=1\r\n', 'utf16le')), 'it is not UTF-8 text'],
];
test.each(unreadable)('a .env that %s is an error that gives path and reason', (_what, path, reason) => {
	const error = slipwayErrorOf(() => loadSettings({ environment: {}, envFile: path }));
	expect(error?.code).toBe('unreadable-env-file');
	expect(error?.message).toBe(`${path} cannot be read: ${reason}`);
});

test('a .env from Windows, with byte order mark and CRLF, is read', () => {
	const path = envFile('\ufeffPORT=1\r\nHOST="::1"\r\n');
	expect(readEnvironment({}, path).variables).toEqual({ PORT: '1', HOST: '::1' });
});
