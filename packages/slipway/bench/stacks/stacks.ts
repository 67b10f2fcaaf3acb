/** How a stack's tests get a database. Those of other packages have their files in the folder `ways`. */
export const ways = ['slipway', 'testcontainers', 'pglite'] as const;
export type Way = (typeof ways)[number];

interface Stack {
	/** What it installs for PGlite, beside PGlite itself. */
	readonly pglite: readonly string[];
	/** The commands that run the tests, where they differ from `npm test`. */
	readonly commands?: Partial<Record<Way, readonly string[]>>;
}

/** PGlite imports modules dynamically. */
const jestForPGlite = ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];

export const stacks: Readonly<Record<string, Stack>> = {
	'dbmate-mocha': { pglite: ['@electric-sql/pglite-socket'] },
	'drizzle-hono-vitest5': { pglite: [] },
	'knex-express-jest': { pglite: ['knex-pglite'], commands: { pglite: jestForPGlite } },
	'kysely-fastify-vitest3': { pglite: [] },
	'node-pg-migrate-js': {
		pglite: ['@electric-sql/pglite-socket'],
		commands: {
			testcontainers: ['node', '--import', './container.js', '--test'],
			pglite: ['node', '--import', './pglite.js', '--test'],
		},
	},
	'plain-sql-pg-pnpm-workspace': { pglite: ['@electric-sql/pglite-socket'] },
	'prisma-vitest4': { pglite: ['pglite-prisma-adapter'] },
	'typeorm-nest-jest': { pglite: ['typeorm-pglite'], commands: { pglite: jestForPGlite } },
};

export const testCommand = (stack: string, way: Way): readonly string[] =>
	stacks[stack]?.commands?.[way] ?? ['npm', 'test'];

/** The names of the packages to compare with. */
export function packagesOf(stack: string, way: Exclude<Way, 'slipway'>): readonly string[] {
	if (way === 'testcontainers') return ['@testcontainers/postgresql'];
	return ['@electric-sql/pglite', ...(stacks[stack]?.pglite ?? [])];
}
