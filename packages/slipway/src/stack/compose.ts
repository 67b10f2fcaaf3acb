import type { Docker } from './docker.ts';

/** What `docker compose` would start, as it reads the files and settings itself. */
export interface ComposeConfig {
	/** The name of the project. */
	readonly name: string;
	readonly services: Readonly<Record<string, Service>>;
	readonly volumes?: Readonly<Record<string, { readonly name: string }>>;
}

interface Service {
	readonly image?: string;
	readonly ports?: readonly { readonly published?: string }[];
	readonly volumes?: readonly Mount[];
}

interface Mount {
	readonly type: string;
	readonly source?: string;
	readonly target: string;
}

/** Undefined if there is no compose file. `failure`: why compose cannot read it. `missing`: there is no `docker` command. */
export async function readCompose(
	docker: Docker,
): Promise<ComposeConfig | { readonly failure: string; readonly missing: boolean } | undefined> {
	const { done, missing, stdout, failure } = await docker('compose', 'config', '--format', 'json');
	if (done) return JSON.parse(stdout) as ComposeConfig;
	return failure.includes('no configuration file provided') ? undefined : { failure, missing };
}
