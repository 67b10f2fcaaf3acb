/** Each part of the tool's src/, with the parts that it may import. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
	'errors.ts': [],
	'sql.ts': ['errors.ts'],
	'disposables.ts': [],
	'listening.ts': ['errors.ts'],
	connection: ['errors.ts'],
	settings: ['errors.ts', 'sql.ts', 'connection'],
	terminal: ['errors.ts'],
	config: ['errors.ts'],
	postgres: ['errors.ts', 'sql.ts', 'connection', 'settings'],
	database: ['errors.ts', 'sql.ts', 'connection', 'settings'],
	prepare: ['errors.ts', 'connection', 'settings', 'postgres', 'database'],
	'program-environment.ts': ['connection', 'settings'],
	'run-program.ts': ['errors.ts'],
	'start-options.ts': ['errors.ts', 'config', 'settings', 'postgres'],
	'start-postgres.ts': [
		'errors.ts',
		'connection',
		'settings',
		'postgres',
		'database',
		'prepare',
		'start-options.ts',
	],
	'shadow.ts': ['connection', 'settings', 'database', 'start-postgres.ts'],
	dev: [
		'errors.ts',
		'disposables.ts',
		'listening.ts',
		'connection',
		'settings',
		'config',
		'terminal',
		'postgres',
		'database',
		'program-environment.ts',
	],
	clean: ['errors.ts', 'disposables.ts', 'postgres', 'dev'],
	stack: ['errors.ts'],
	doctor: ['errors.ts', 'listening.ts', 'connection', 'settings', 'postgres', 'database', 'dev', 'stack'],
	standby: ['errors.ts', 'connection'],
	vitest: [
		'errors.ts',
		'config',
		'connection',
		'postgres',
		'database',
		'start-options.ts',
		'start-postgres.ts',
		'standby',
	],
	cli: [
		'program-environment.ts',
		'run-program.ts',
		'errors.ts',
		'connection',
		'settings',
		'config',
		'terminal',
		'database',
		'dev',
		'clean',
		'stack',
		'doctor',
		'start-options.ts',
		'start-postgres.ts',
		'shadow.ts',
	],
	'index.ts': [
		'errors.ts',
		'listening.ts',
		'connection',
		'settings',
		'postgres',
		'database',
		'start-postgres.ts',
	],
};

const markers = ['<!-- imports:start -->', '<!-- imports:end -->'] as const;

/** `document` with the table written between its markers. */
export function withImportTable(document: string): string {
	const [start, end] = markers;
	const [before, rest = ''] = document.split(start);
	const [, after] = rest.split(end);
	if (after === undefined) throw new Error(`the document lacks ${start} or ${end}`);
	return `${before}${start}\n${importTable()}\n${end}${after}`;
}

function importTable(): string {
	const rows = Object.entries(mayImport).map(
		([part, others]) => `| \`${part}\` | ${others.map((other) => `\`${other}\``).join(', ') || 'nothing'} |`,
	);
	return ['| part | may import |', '| --- | --- |', ...rows].join('\n');
}
