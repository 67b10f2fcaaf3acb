/** Each part of the tool's src/, with the parts that it may import. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
	'errors.ts': [],
	'sql.ts': ['errors.ts'],
	'files.ts': [],
	'disposables.ts': [],
	'provider-names.ts': [],
	'postgres-versions.ts': [],
	'listening.ts': ['errors.ts'],
	connection: ['errors.ts', 'files.ts'],
	denials: ['sql.ts', 'connection'],
	settings: ['errors.ts', 'sql.ts', 'provider-names.ts', 'postgres-versions.ts', 'connection'],
	terminal: ['errors.ts'],
	config: ['errors.ts', 'provider-names.ts'],
	postgres: [
		'errors.ts',
		'disposables.ts',
		'files.ts',
		'provider-names.ts',
		'postgres-versions.ts',
		'connection',
	],
	database: ['errors.ts', 'sql.ts', 'postgres-versions.ts', 'connection', 'settings'],
	'program-environment.ts': ['connection', 'settings'],
	'migration-sources': [
		'errors.ts',
		'sql.ts',
		'connection',
		'settings',
		'config',
		'database',
		'program-environment.ts',
	],
	prepare: [
		'errors.ts',
		'provider-names.ts',
		'connection',
		'settings',
		'postgres',
		'database',
		'migration-sources',
	],
	'run-program.ts': ['errors.ts'],
	'start-options.ts': [
		'errors.ts',
		'provider-names.ts',
		'config',
		'settings',
		'postgres',
		'migration-sources',
	],
	'start-postgres.ts': [
		'errors.ts',
		'config',
		'connection',
		'settings',
		'postgres',
		'database',
		'migration-sources',
		'prepare',
		'start-options.ts',
	],
	'servers.ts': ['provider-names.ts', 'postgres', 'start-postgres.ts'],
	'shadow.ts': ['config', 'connection', 'settings', 'database', 'start-postgres.ts'],
	dev: [
		'errors.ts',
		'disposables.ts',
		'provider-names.ts',
		'listening.ts',
		'connection',
		'settings',
		'config',
		'terminal',
		'postgres',
		'database',
		'program-environment.ts',
		'migration-sources',
	],
	clean: ['errors.ts', 'disposables.ts', 'provider-names.ts', 'postgres', 'dev'],
	stack: ['errors.ts', 'postgres-versions.ts', 'settings'],
	doctor: ['errors.ts', 'listening.ts', 'connection', 'settings', 'postgres', 'database', 'dev', 'stack'],
	'server-pool': ['errors.ts', 'connection'],
	vitest: [
		'denials',
		'errors.ts',
		'config',
		'connection',
		'postgres',
		'database',
		'migration-sources',
		'start-options.ts',
		'start-postgres.ts',
		'server-pool',
	],
	cli: [
		'provider-names.ts',
		'program-environment.ts',
		'run-program.ts',
		'errors.ts',
		'connection',
		'settings',
		'config',
		'terminal',
		'database',
		'migration-sources',
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
		'provider-names.ts',
		'listening.ts',
		'connection',
		'settings',
		'postgres',
		'database',
		'servers.ts',
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
