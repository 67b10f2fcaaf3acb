import type { Container } from './containers.ts';
import type { Docker } from './docker.ts';

/** What `docker compose up` would start in the project, as compose itself reads the files and settings. */
export interface Stack {
	readonly project: string;
	readonly image: string;
	readonly volume: string;
	/** The published ports as `docker compose` prints them: a port, a range, or 0 for any. */
	readonly ports: { readonly web: string; readonly db: string };
}

export interface RunnableStack extends Stack {
	readonly containers: readonly Container[];
}

interface ComposeConfig {
	readonly name: string;
	readonly services: Readonly<Record<string, Service>>;
	readonly volumes?: { readonly db?: { readonly name: string } };
}

interface Service {
	readonly image?: string;
	readonly ports?: readonly { readonly published?: string }[];
}

/**
 * The stack, or the reason why compose cannot read it. Undefined if the project has no compose file, or one with other
 * services, which are none of Slipway's business.
 */
export async function readStack(docker: Docker): Promise<Stack | { readonly failure: string } | undefined> {
	const { done, stdout, failure } = await docker('compose', 'config', '--format', 'json');
	if (!done) return failure.includes('no configuration file provided') ? undefined : { failure };
	const { name, services, volumes } = JSON.parse(stdout) as ComposeConfig;
	const { db, web } = services;
	if (db?.image === undefined || web === undefined || volumes?.db === undefined) return undefined;
	const published = ({ ports = [] }: Service) => ports[0]?.published ?? '0';
	return {
		project: name,
		image: db.image,
		volume: volumes.db.name,
		ports: { web: published(web), db: published(db) },
	};
}
