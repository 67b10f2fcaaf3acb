import type { DetectedProject } from '../../detection/index.ts';
import type { Part, Request } from '../plan.ts';

/** A stack with PostgreSQL and, where there is an image, the service in development. */
export function compose({ project, extras }: Request): Part {
	const existing = project.folder.first([
		'compose.yaml',
		'compose.yml',
		'docker-compose.yaml',
		'docker-compose.yml',
	]);
	if (existing !== undefined) return { notes: [`${existing} exists, and stays as it is.`] };
	const options = devOptions(project);
	const hasService =
		extras.includes('docker') &&
		project.workspace === undefined &&
		(project.devCommand !== undefined || options !== undefined);
	const after = `${databaseOf(project, hasService)}${hasService ? serviceOf(project, options, extras.includes('branches')) : ''}
volumes:
  db:
`;
	return { changes: [{ path: 'compose.yaml', after, purpose: 'PostgreSQL and the service in containers' }] };
}

/** What a script of the project passes to `slipway dev`. Undefined without such a script. */
function devOptions({ folder: { manifest } }: DetectedProject): readonly string[] | undefined {
	const scripts = Object.values(manifest.scripts ?? {}).flatMap((text) => devScript.exec(text)?.[1] ?? []);
	return scripts[0]?.split(' ').filter((word) => word !== '');
}

/** With words that need no quotes. */
const devScript = /^slipway dev((?: +[\w@%+=:./-]+)*) *$/;

function databaseOf(
	{ postgres, extensions, packageManager: { exec } }: DetectedProject,
	hasService: boolean,
): string {
	const version = postgres?.version ?? 18;
	const image =
		postgres !== undefined && !postgres.isPlain
			? postgres.image
			: (extensions.image?.(version) ?? `postgres:${version}`);
	const use = hasService
		? '# docker compose up: PostgreSQL, and the service with its migrations. docker compose watch follows the source.'
		: `# docker compose up --wait: PostgreSQL. DB_HOST=localhost ${exec} slipway dev uses it.`;
	return `${use}
services:
  db:
    image: ${image}
    environment:
      POSTGRES_PASSWORD: \${DB_ADMIN_PASSWORD:-postgres}
      POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256
    ports: ["127.0.0.1:\${DB_PORT:-5432}:5432"]
    volumes: ["db:${version >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data'}"]
    healthcheck:
      # Over TCP, on which the temporary server of the first start does not listen.
      test: [CMD, pg_isready, -h, 127.0.0.1, -q]
      interval: 2s
      timeout: 10s
      start_period: 60s
`;
}

const serviceOf = (
	{ folder }: DetectedProject,
	options: readonly string[] | undefined,
	hasBranches: boolean,
) => `
  app:
    build: { context: ., target: dev }
    # Without npm before it, which keeps signals to itself.
    command: [${['node_modules/.bin/slipway', 'dev', '--postgres', 'external', ...(options ?? []).map((word) => JSON.stringify(word))].join(', ')}]
    environment:
      DB_HOST: db
      DB_PORT: 5432
      DB_ADMIN_PASSWORD: \${DB_ADMIN_PASSWORD:-postgres}
      HOST: 0.0.0.0
      PORT: 3000
${hasBranches ? '      # Git is not in the container: all branches have one database there.\n      SLIPWAY_BRANCHES: "false"\n' : ''}    ports: ["127.0.0.1:\${PORT:-3000}:3000"]
    depends_on:
      db: { condition: service_healthy }
    healthcheck:
      # The service may not have a page that a check may ask for.
      test: [CMD, node, -e, "require('node:net').connect(3000, '127.0.0.1', process.exit).on('error', () => process.exit(1))"]
      interval: 2s
      timeout: 10s
      start_period: 60s
    develop:
      watch:
        - { action: rebuild, path: package.json }
${folder.has('src') ? '        - { action: sync, path: src, target: /app/src }\n' : ''}`;
