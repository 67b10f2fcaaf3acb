import { type ComposeConfig, type Docker, readCompose } from '../stack/index.ts';
import type { Container } from './containers.ts';

/** What `docker compose up` would start in the project. */
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

/**
 * The stack, or the reason why compose cannot read it. Undefined if the project has no compose file, or one with other
 * services, which are none of Slipway's business.
 */
export async function readStack(docker: Docker): Promise<Stack | { readonly failure: string } | undefined> {
	const config = await readCompose(docker);
	if (config === undefined || 'failure' in config) return config;
	const { name, services, volumes } = config;
	const { db, web } = services;
	if (db?.image === undefined || web === undefined || volumes?.db === undefined) return undefined;
	const published = ({ ports = [] }: ComposeConfig['services'][string]) => ports[0]?.published ?? '0';
	return {
		project: name,
		image: db.image,
		volume: volumes.db.name,
		ports: { web: published(web), db: published(db) },
	};
}
