import { join } from 'node:path';
import { folderOf, nameOf, type ProjectFolder } from '../project-folder.ts';
import { filesWith, isSource, isTest, stringOf } from '../source-text.ts';
import type { DetectedMigrations, MigrationTool } from './tool.ts';

/** A tool whose migrations are programs, so that its own command runs them. */
interface Program {
	readonly tool: string;
	readonly packages: readonly string[];
	/** Matches the configuration's path, and its text where the name says too little. */
	readonly config: RegExp;
	readonly configText?: RegExp;
	/** Matches the text of a migration. */
	readonly migration: RegExp;
	/** Matches a script of package.json that migrates. It is used where there is one: it knows what the tool needs. */
	readonly script: RegExp;
	readonly command: (config: string | undefined, folder: ProjectFolder) => string | undefined;
}

const inRoot = (config: string | undefined, option: string) =>
	config === undefined || folderOf(config) === '.' ? '' : ` ${option} ${config}`;

/** How to run a module of the project's that migrates. */
const runModule = (config: string | undefined, folder: ProjectFolder) => {
	if (config === undefined) return undefined;
	return /\.[cm]?ts$/.test(config) && folder.depends('tsx') ? `npx tsx ${config}` : `node ${config}`;
};

const programs: readonly Program[] = [
	{
		tool: 'Knex',
		packages: ['knex'],
		config: /(^|\/)knexfile\.[cm]?[jt]s$/,
		migration:
			/\bknex\.(schema|raw|transaction)\b|\bKnex\b|(up|down)\s*=?\s*(async\s*)?(function\s*\w*)?\s*\(?knex\b/,
		script: /\bknex\b.*\bmigrate:latest\b/,
		command: (config) => `npx knex migrate:latest${inRoot(config, '--knexfile')}`,
	},
	{
		tool: 'Kysely',
		packages: ['kysely'],
		config: /(^|\/)kysely\.config\.[cm]?[jt]s$/,
		migration: /\bKysely<|from ['"]kysely['"]/,
		script: /\bkysely\b.*\bmigrate[: ]?(latest|up)\b/,
		command: (config, folder) =>
			config !== undefined && folder.depends('kysely-ctl')
				? `npx kysely migrate:latest${inRoot(config, '--config')}`
				: runModule(filesWith(folder, /new Migrator\(/, isProgram)[0], folder),
	},
	{
		tool: 'TypeORM',
		packages: ['typeorm'],
		config: /\.[cm]?[jt]s$/,
		configText: /\bnew DataSource\(/,
		migration: /\bMigrationInterface\b/,
		script: /\btypeorm\b.*\bmigration:run\b/,
		command: (config) => {
			if (config === undefined) return undefined;
			const isTypeScript = /\.[cm]?ts$/.test(config);
			return `npx ${isTypeScript ? 'typeorm-ts-node-commonjs' : 'typeorm'} migration:run -d ${config}`;
		},
	},
	{
		tool: 'Sequelize',
		packages: ['sequelize', 'sequelize-cli'],
		config: /(^|\/)\.sequelizerc$/,
		migration: /\bqueryInterface\b/,
		script: /\bsequelize(-cli)?\b.*\bdb:migrate\b(?!:)/,
		command: (_, folder) =>
			folder.depends('sequelize-cli') ? 'npx sequelize-cli db:migrate --url "$DATABASE_URL"' : undefined,
	},
	{
		tool: 'MikroORM',
		packages: ['@mikro-orm/core', '@mikro-orm/postgresql'],
		config: /(^|\/)mikro-orm[\w.-]*\.config\.[cm]?[jt]s$/,
		migration: /@mikro-orm\/migrations/,
		script: /\bmikro-orm\b.*\bmigration:up\b/,
		command: (config) => `npx mikro-orm migration:up${inRoot(config, '--config')}`,
	},
	{
		tool: 'Umzug',
		packages: ['umzug'],
		config: /\.[cm]?[jt]s$/,
		configText: /\bnew Umzug\(/,
		migration: /\bcontext\b/,
		script: /\bmigrat\w*\b.*\bup\b/,
		command: (config, folder) => {
			const run = runModule(config, folder);
			return run && `${run} up`;
		},
	},
	{
		tool: 'db-migrate',
		packages: ['db-migrate'],
		config: /(^|\/)database\.json$/,
		migration: /\bdbm\b|\bdb\.(createTable|runSql)\b/,
		script: /\bdb-migrate\b.*\bup\b/,
		command: () => 'npx db-migrate up',
	},
];

const isProgram = (path: string) => isSource(path) && !isTest(path);

/** One for each tool whose migrations are programs. */
export const programTools: readonly MigrationTool[] = programs.map(
	(program) => (folder) =>
		program.packages.some((name) => folder.depends(name)) ? detect(program, folder) : undefined,
);

function detect(program: Program, folder: ProjectFolder): DetectedMigrations | undefined {
	const { tool, config: name, configText } = program;
	const isConfig = (path: string) => !isTest(path) && name.test(path);
	const config =
		configText === undefined
			? folder.files.find(isConfig)
			: filesWith(folder, configText, isConfig).toSorted(byName)[0];
	const migrations = migrationFolder(program, folder, config);
	if (migrations === undefined) return undefined;
	const command = scriptCommand(program, folder) ?? program.command(config, folder);
	if (command === undefined) return undefined;
	const inputs = [migrations, ...(config === undefined ? [] : [config])];
	return { tool, migrations: { command, inputs } };
}

/** Where several modules make one, that which is named for it. */
const byName = (a: string, b: string) => Number(isNamed(b)) - Number(isNamed(a));
const isNamed = (path: string) => /data-?source|umzug|migrat/i.test(nameOf(path));

/** A script, as the project's own package manager would run it: by its text, unless other scripts go with it. */
function scriptCommand({ script }: Program, { manifest }: ProjectFolder): string | undefined {
	const [found] = Object.entries(manifest.scripts ?? {})
		.filter(([, text]) => script.test(text) && !/rollback|revert/.test(text))
		.filter(([, text]) => !setsEnvironment(text, manifest.scripts ?? {}))
		.toSorted(([, a], [, b]) => Number(isCompound(a)) - Number(isCompound(b)) || a.length - b.length);
	if (found === undefined) return undefined;
	const [name, text] = found;
	return isCompound(text) ? `npm run ${name}` : asCommand(text);
}

/** Whether a script, or the one that it runs, replaces the variables that it is given by those of a file. */
function setsEnvironment(text: string, scripts: Readonly<Record<string, string>>): boolean {
	const inner = /^(?:npm|pnpm|yarn) run ([\w:-]+)/.exec(text)?.[1];
	return /\b(env-cmd|dotenvx?|dotenv-cli)\b/.test(`${text} ${scripts[inner ?? ''] ?? ''}`);
}

const isCompound = (text: string) => /&&|\|\||;/.test(text);

/** npx is needed where the program is not started through another. */
const asCommand = (text: string) =>
	/^(knex|kysely|typeorm|sequelize|mikro-orm|db-migrate)\b/.test(text) ? `npx ${text}` : text;

/** The folder that the configuration names, or else the one whose files look like this tool's migrations. */
function migrationFolder({ migration }: Program, folder: ProjectFolder, config?: string): string | undefined {
	const text = config === undefined ? '' : (folder.text(config) ?? '');
	const named = ['directory', 'migrationFolder', 'migrationsPath', 'path']
		.flatMap((key) => stringOf(text, key) ?? [])
		.map((path) => join(folderOf(config ?? '.'), path))
		.find((path) => folder.names(path).some(isSource));
	if (named !== undefined) return named;
	const inMigrations = (path: string) => isSource(path) && /migrations?$/i.test(nameOf(folderOf(path)));
	const [first] = filesWith(folder, migration, inMigrations);
	return first && folderOf(first);
}
