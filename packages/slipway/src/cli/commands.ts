import type { Command } from 'commander';
import type { Project } from './project.ts';

/** A command of `slipway`. Its code is loaded only when it runs, so that `--help` loads none. */
interface Entry {
	readonly summary: string;
	readonly load: () => Promise<(project: Project) => Command>;
}

/** All commands by name. A new one is a file and an entry here. */
export const commands = {
	init: {
		summary: 'set Slipway up in a project: configuration, test setup, first test',
		load: async () => (await import('./init.ts')).initCommand,
	},
	dev: {
		summary: 'start PostgreSQL, the database and the service; restart on changes',
		load: async () => (await import('./dev.ts')).devCommand,
	},
	run: {
		summary: 'run a command on a temporary, migrated server',
		load: async () => (await import('./run.ts')).runCommandOf,
	},
	up: {
		summary: 'start the dev server in the background',
		load: async () => (await import('./up.ts')).upCommand,
	},
	down: {
		summary: 'stop the dev server in the background',
		load: async () => (await import('./down.ts')).downCommand,
	},
	ps: {
		summary: 'list the dev servers that are running',
		load: async () => (await import('./ps.ts')).psCommand,
	},
	url: {
		summary: 'print the URL of the dev database',
		load: async () => (await import('./url.ts')).urlCommand,
	},
	env: {
		summary: 'print the login of the dev database as environment variables',
		load: async () => (await import('./env.ts')).envCommand,
	},
	psql: {
		summary: 'open psql on the dev database',
		load: async () => (await import('./psql.ts')).psqlCommand,
	},
	studio: {
		summary: 'browse the dev database, and change rows, in the browser',
		load: async () => (await import('./studio.ts')).studioCommand,
	},
	bootstrap: {
		summary: 'create roles, database and grants on your own server',
		load: async () => (await import('./bootstrap.ts')).bootstrapCommand,
	},
	secrets: {
		summary: "write random passwords; change that of the compose stack's admin",
		load: async () => (await import('./secrets.ts')).secretsCommand,
	},
	migrate: {
		summary: 'apply, revert, write and check migrations',
		load: async () => (await import('./migrate/command.ts')).migrateCommand,
	},
	seed: {
		summary: 'insert the initial rows of an environment',
		load: async () => (await import('./seed.ts')).seedCommand,
	},
	db: {
		summary: 'save, restore, reset and list the dev data',
		load: async () => (await import('./db/command.ts')).dbCommand,
	},
	doctor: {
		summary: 'check this machine and project, and suggest fixes',
		load: async () => (await import('./doctor.ts')).doctorCommand,
	},
	clean: {
		summary: 'remove what killed runs left behind',
		load: async () => (await import('./clean.ts')).cleanCommand,
	},
	completion: {
		summary: 'print a completion script for bash, zsh or fish',
		load: async () => {
			const { completionCommand } = await import('./completion.ts');
			return (project) => completionCommand(project, () => loadAll(project));
		},
	},
	preflight: {
		summary: 'check settings and data before a compose stack starts',
		load: async () => (await import('./preflight.ts')).preflightCommand,
	},
} as const satisfies Record<string, Entry>;

export type CommandName = keyof typeof commands;

async function loadAll(project: Project): Promise<readonly Command[]> {
	return await Promise.all(
		Object.entries(commands).map(async ([name, { load }]) => (await load())(project).name(name)),
	);
}
