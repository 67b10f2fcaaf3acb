import type { Docker } from './docker.ts';

/** What `docker compose up` in the checkout would bring up, by compose's own reading of files and settings. */
export interface Stack {
	readonly project: string;
	readonly image: string;
	readonly volume: string;
	/** What is published, as `docker compose` has it: a port, a range, or 0 for any. */
	readonly ports: { readonly web: string; readonly db: string };
}

interface Config {
	readonly name: string;
	readonly services: Record<
		'db' | 'web',
		{ readonly image: string; readonly ports: readonly { readonly published: string }[] }
	>;
	readonly volumes: { readonly db: { readonly name: string } };
}

/** The stack, or why compose does not read it. */
export async function readStack(docker: Docker): Promise<Stack | { readonly complaint: string }> {
	const { done, stdout, complaint } = await docker('compose', 'config', '--format', 'json');
	if (!done) return { complaint };
	const { name, services, volumes } = JSON.parse(stdout) as Config;
	const published = ({ ports }: Config['services']['db']) => ports[0]?.published ?? '0';
	return {
		project: name,
		image: services.db.image,
		volume: volumes.db.name,
		ports: { web: published(services.web), db: published(services.db) },
	};
}
