import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/index.ts';
import { slipwayErrorOf } from './errors-of.ts';

const secret = 'hunter2';
/** Passwords that contain the secret in every piece between their delimiters, so that a leak of any piece shows. */
const glue = fc.constantFrom(
	'',
	'/',
	'?',
	'#',
	':',
	'&',
	'=',
	'%',
	'%zz',
	'%00',
	'[',
	']',
	' ',
	'\\',
	'"',
	'\n',
	'\0',
	',',
);
const secrets = fc.array(glue, { maxLength: 4 }).map((between) => [secret, ...between].join(secret));
const secretsWithAt = fc.tuple(secrets, secrets).map((halves) => halves.join('@'));

const urls = fc
	.oneof(
		fc.tuple(
			fc.oneof(secrets, secretsWithAt),
			fc.constantFrom<(password: string) => string>(
				(password) => `postgres://app:${password}@db:5432/app`,
				(password) => `postgres://app:${password}@db:5432/app?sslmode=sure&x=1`,
				(password) => `postgres://:${password}@`,
				(password) => `postgres://app:${password}@db:x/template0#`,
				(password) => `postgresql:/app:${password}@db`,
				(password) => `mysql://app:${password}@db/app`,
				(password) => `app:${password}@db`,
				(password) => `postgres://me@corp:${password}@db/app`,
				(password) => `postgres://db/app?password=${password}`,
			),
		),
		fc.tuple(
			secrets,
			fc.constantFrom<(password: string) => string>(
				(password) => `postgres://app:${password}`,
				(password) => `postgres://app:${password}/app`,
				(password) => `postgres://app:${password}:5432/app?sslmode=require`,
			),
		),
	)
	.map(([password, write]) => write(password));

const anything = fc.option(
	fc.oneof(fc.string({ unit: 'binary', maxLength: 70 }), fc.constantFrom('', 'app', 'production', '1')),
	{
		nil: undefined,
	},
);
const secretVariables = fc.option(fc.oneof(secrets, secretsWithAt), { nil: undefined });
const variables = fc.record({
	DATABASE_URL: fc.option(urls, { nil: undefined }),
	DB_HOST: anything,
	DB_PORT: anything,
	DB_USERNAME: anything,
	DB_PASSWORD: secretVariables,
	DATABASE_NAME: anything,
	DB_SSLMODE: anything,
	DB_OWNER: anything,
	DB_ADMIN_USERNAME: anything,
	DB_ADMIN_PASSWORD: secretVariables,
	DB_MIGRATOR_USERNAME: anything,
	DB_MIGRATOR_PASSWORD: secretVariables,
	DB_PASSWORD_FILE: anything,
	PORT: anything,
	HOST: anything,
	NODE_ENV: anything,
	LOG_LEVEL: anything,
	SLIPWAY_POSTGRES: anything,
});

test('any variables result in settings or in one SlipwayError, which shows no password', () => {
	fc.assert(
		fc.property(variables, (given) => {
			const error = slipwayErrorOf(() => parseSettings(given));
			expect(`${error?.stack}${error?.hint}${String(error?.cause)}`).not.toContain(secret);
		}),
		{ numRuns: 500 },
	);
});

test('an error about a malformed DATABASE_URL shows no part of its password', () => {
	const others = {
		DB_HOST: 'other',
		DB_PORT: '1',
		DB_USERNAME: 'other',
		DATABASE_NAME: 'other',
		DB_SSLMODE: 'disable',
	};
	fc.assert(
		fc.property(urls, (DATABASE_URL) => {
			const messages = [{}, others].map(
				(more) => slipwayErrorOf(() => parseSettings({ DATABASE_URL, ...more }))?.message,
			);
			expect(messages.join('\n')).not.toContain(secret);
		}),
		{ numRuns: 500 },
	);
});
