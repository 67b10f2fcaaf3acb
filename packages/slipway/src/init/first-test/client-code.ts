import { dirname, join, relative } from 'node:path';
import type { Client, DetectedProject } from '../../detection/index.ts';
import { load, type ModuleForm } from './module-form.ts';

/** How a test queries the database through one client. */
export interface ClientCode {
	readonly imports: readonly string[];
	/** Statements that make the client. */
	readonly setup: readonly string[];
	/** Statements that query the database and declare `rows`. */
	readonly select: readonly string[];
	/** An expression that closes the client. */
	readonly close: string;
}

interface Place {
	readonly project: DetectedProject;
	readonly form: ModuleForm;
	/** The expression for the URL. */
	readonly url: string;
	readonly query: string;
	/** The path of the test. */
	readonly file: string;
}

/** One for each client. */
const codes: Readonly<Record<Client, (place: Place) => ClientCode>> = {
	pg: (place) => {
		const pool = pgPool(place);
		return { ...pool, select: [`const { rows } = await pool.query(\`${place.query}\`);`] };
	},
	postgres: ({ form, url, query }) => ({
		imports: [load(form, 'postgres', 'postgres')],
		setup: [`const sql = postgres(${url} ?? '', { onnotice: () => {} });`],
		select: [`const rows = await sql\`${query}\`;`],
		close: 'sql.end()',
	}),
	'drizzle-orm': (place) => (usesPostgresJs(place) ? drizzlePostgresJs(place) : drizzlePg(place)),
	kysely: (place) => {
		const pool = pgPool(place);
		return {
			imports: [load(place.form, '{ Kysely, PostgresDialect, sql }', 'kysely'), ...pool.imports],
			setup: [...pool.setup, 'const db = new Kysely({ dialect: new PostgresDialect({ pool }) });'],
			select: [`const { rows } = await sql\`${place.query}\`.execute(db);`],
			close: 'db.destroy()',
		};
	},
	knex: ({ form, url, query }) => ({
		imports: [load(form, '{ knex }', 'knex')],
		setup: [`const db = knex({ client: 'pg', connection: ${url} });`],
		select: [`const { rows } = await db.raw(\`${query}\`);`],
		close: 'db.destroy()',
	}),
	typeorm: ({ form, url, query }) => ({
		imports: [load(form, '{ DataSource }', 'typeorm')],
		setup: [`const source = new DataSource({ type: 'postgres', url: ${url} });`],
		select: ['await source.initialize();', `const rows = await source.query(\`${query}\`);`],
		close: 'source.destroy()',
	}),
	'@prisma/client': (place) => prisma(place),
};

/** For the project's client or, where that needs a driver that the project does not name, for a driver alone. */
export function clientCode(place: Place): ClientCode | undefined {
	const { client } = place.project;
	if (client === undefined) return undefined;
	const needsDriver = ['kysely', 'drizzle-orm', 'knex', 'typeorm'].includes(client.name);
	if (client.name === 'kysely' && client.driver === 'postgres') return codes.postgres(place);
	if (needsDriver && client.driver === undefined) return undefined;
	return codes[client.name](place);
}

const usesPostgresJs = ({ project }: Place) => project.client?.driver === 'postgres';

function pgPool({ form, url }: Place): Omit<ClientCode, 'select'> {
	const isDefault = form.keyword === 'import' && form.isNative;
	return {
		imports: [load(form, isDefault ? 'pg' : '{ Pool }', 'pg')],
		setup: [`const pool = new ${isDefault ? 'pg.Pool' : 'Pool'}({ connectionString: ${url} });`],
		close: 'pool.end()',
	};
}

function drizzlePg(place: Place): ClientCode {
	const { imports, setup, close } = pgPool(place);
	return {
		imports: [
			load(place.form, '{ sql }', 'drizzle-orm'),
			load(place.form, '{ drizzle }', 'drizzle-orm/node-postgres'),
			...imports,
		],
		setup: [...setup, 'const db = drizzle(pool);'],
		select: [`const { rows } = await db.execute(sql\`${place.query}\`);`],
		close,
	};
}

function drizzlePostgresJs({ form, url, query }: Place): ClientCode {
	return {
		imports: [
			load(form, '{ sql }', 'drizzle-orm'),
			load(form, '{ drizzle }', 'drizzle-orm/postgres-js'),
			load(form, 'postgres', 'postgres'),
		],
		setup: [`const client = postgres(${url} ?? '', { onnotice: () => {} });`, 'const db = drizzle(client);'],
		select: [`const rows = await db.execute(sql\`${query}\`);`],
		close: 'client.end()',
	};
}

function prisma({ project, form, url, query, file }: Place): ClientCode {
	const adapter = project.folder.depends('@prisma/adapter-pg');
	const client = load(form, '{ PrismaClient }', prismaModule(project, file));
	const isTyped = /\.[cm]?ts$/.test(file);
	return {
		imports: adapter ? [load(form, '{ PrismaPg }', '@prisma/adapter-pg'), client] : [client],
		setup: adapter
			? [
					`const adapter = new PrismaPg({ connectionString: ${url} });`,
					'const prisma = new PrismaClient({ adapter });',
				]
			: ['const prisma = new PrismaClient();'],
		select: [`const rows = await prisma.$queryRaw${isTyped ? '<unknown[]>' : ''}\`${query}\`;`],
		close: 'prisma.$disconnect()',
	};
}

/** Where the generator of the schema writes the client. */
function prismaModule({ folder, testRunner }: DetectedProject, file: string): string {
	for (const schema of folder.files.filter((path) => path.endsWith('.prisma'))) {
		const generator = /generator\s+\w+\s*\{[^}]*\}/.exec(folder.text(schema) ?? '')?.[0] ?? '';
		const output = /output\s*=\s*"([^"]+)"/.exec(generator)?.[1];
		if (output === undefined) continue;
		const path = relative(dirname(file), join(dirname(schema), output));
		const module = /provider\s*=\s*"prisma-client"/.test(generator) ? `${path}/client` : path;
		const extension = module === path || testRunner?.name !== 'node' ? '' : '.ts';
		return `${module.startsWith('.') ? module : `./${module}`}${extension}`;
	}
	return '@prisma/client';
}
