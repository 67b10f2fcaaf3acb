import fc from 'fast-check';

const nasty = fc.constantFrom(...'"\'\\% @:/?#&=$\né名👩', '%41');
const text = (maxLength: number) =>
	fc
		.array(fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 1, maxLength: 4 })), {
			minLength: 1,
			maxLength,
		})
		.map((pieces) => pieces.join(''));
const fits = (name: string) => Buffer.byteLength(name) <= 63 && !name.includes('\0') && name.isWellFormed();
const taken = (name: string) => /^pg_|^(public|none|postgres|template[01])$/.test(name);

/** Anything that PostgreSQL accepts as the name of a role or a database, up to 63 bytes. */
export const names = fc
	.oneof(
		text(12).filter(fits),
		fc.constantFrom('x'.repeat(63), 'é'.repeat(31), '"'.repeat(63), '%s', "o'clock", 'C:\\new'),
	)
	.filter((name) => !taken(name));

/** Anything that PostgreSQL accepts as a password. */
export const passwords = text(40).filter((password) => !password.includes('\0') && password.isWellFormed());

/** Texts that PostgreSQL never accepts. */
export const brokenTexts = fc
	.tuple(text(5), fc.constantFrom('\0', '\ud800', '\udc00'))
	.map(([start, end]) => start.replace(/[\ud800-\udbff]$/, '') + end);
export const longNames = fc.constantFrom(
	'x'.repeat(64),
	'é'.repeat(32),
	`${'x'.repeat(61)}名`,
	'👩'.repeat(16),
);

export const hosts = fc.oneof(
	fc.domain(),
	fc.ipV4(),
	fc.ipV6(),
	fc.constantFrom('db', 'my_db', '/var/run/postgresql', '/tmp/a b#c'),
);
export const ports = fc.integer({ min: 1, max: 65_535 });

/** Texts of .env files made of what has a meaning in one, to some reader of them. */
export const envTexts = fc
	.array(
		fc.constantFrom(
			...[
				'A',
				'B',
				'A=',
				"A='",
				'B="',
				'=',
				':',
				'\n',
				'\n',
				'"',
				"'",
				'`',
				'#',
				' #',
				' ',
				'\t',
				'\r',
				'\r\n',
			],
			...[
				'\\n',
				'\\t',
				'\\',
				'\\"',
				"\\'",
				'$',
				'$A',
				'{A}',
				'{A:-x}',
				'$$',
				'x',
				'export ',
				'名',
				'\u00a0',
				'\x85',
			],
			...['\v', '\u3000', '\ufeff', '.', '-'],
		),
		{ maxLength: 12 },
	)
	.map((parts) => parts.join(''));
