import type { Docker } from './docker.ts';

/** What `docker compose up` would start in the project, as compose itself reads the files and settings. */
export interface Stack {
	readonly project: string;
	readonly image: string;
	readonly volume: string;
	/** The published ports as `docker compose` prints them: a port, a range, or 0 for any. */
	readonly ports: { readonly web: string; readonly db: string };
}

interface ComposeConfig {
	readonly name: string;
	readonly services: Record<
		'db' | 'web',
		{ readonly image: string; readonly ports: readonly { readonly published: string }[] }
	>;
	readonly volumes: { readonly db: { readonly name: string } };
}

/** The stack, or the reason why compose cannot read it. */
export async function readStack(docker: Docker): Promise<Stack | { readonly failure: string }> {
	const { done, stdout, failure } = await docker('compose', 'config', '--format', 'json');
	if (!done) return { failure };
	const { name, services, volumes } = JSON.parse(stdout) as ComposeConfig;
	const published = ({ ports }: ComposeConfig['services']['db']) => ports[0]?.published ?? '0';
	return {
		project: name,
		image: services.db.image,
		volume: volumes.db.name,
		ports: { web: published(services.web), db: published(services.db) },
	};
}
