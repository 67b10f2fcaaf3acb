import { checkCanListen } from '../../listening.ts';
import type { Container } from '../containers.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { listenerOn } from '../listener.ts';
import type { Site } from '../site.ts';

interface Wanted {
	readonly variable: 'PORT' | 'DB_PORT';
	readonly host: string;
	readonly port: number;
	/** The service of the stack that may have it. */
	readonly service: string;
}

export async function checkPorts(site: Site): Promise<Finding[]> {
	const findings = await Promise.all(wantedPorts(site).map((wanted) => checkPort(site, wanted)));
	return findings;
}

/** The service's, and where there is an engine the database's, which only compose publishes. */
function wantedPorts({ settings, stack }: Site): Wanted[] {
	const host = '127.0.0.1';
	const web = stack?.ports.web ?? ('service' in settings ? String(settings.service.port) : '0');
	return [
		...portsOf(web).map((port) => ({ variable: 'PORT' as const, host, port, service: 'web' })),
		...portsOf(stack?.ports.db ?? '0').map((port) => ({
			variable: 'DB_PORT' as const,
			host,
			port,
			service: 'db',
		})),
	];
}

/** The ports of `3000` or `3000-3002`; none of `0`, for which the engine takes what is free. */
function portsOf(published: string): number[] {
	const [first = 0, last = first] = published.split('-').map(Number);
	if (first === 0) return [];
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

async function checkPort(
	{ root, settings, stack }: Site,
	{ variable, host, port, service }: Wanted,
): Promise<Finding> {
	const container = stack?.containers.find(({ ports }) => ports.includes(port));
	if (container !== undefined && isOurs(container))
		return ok(`port ${port} is that of the stack's ${service}`);
	if (container !== undefined) return taken(`the container ${container.name}`);
	try {
		await checkCanListen(host, port);
		return ok(`port ${port} is free`);
	} catch {
		const listener = listenerOn(port);
		if (listener?.folder === root) return ok(`port ${port} is that of this checkout's scripts/dev`);
		return taken(listener === undefined ? 'another program' : `process ${listener.pid} (${listener.name})`);
	}

	function isOurs(candidate: Container): boolean {
		return candidate.project === stack?.project && candidate.service === service;
	}
	function taken(holder: string): Finding {
		// Who names a server does not work with the stack's, and the port may be that server's own.
		const named = 'provider' in settings && settings.provider === 'external';
		if (service === 'db' && named)
			return warning(
				`port ${port} (DB_PORT), where docker compose would publish a database, is taken by ${holder}`,
				'Leave it so where that is the server that the settings name; docker compose up needs another DB_PORT.',
			);
		return error(
			`port ${port} (${variable}) is taken by ${holder}`,
			`End that, or choose another port: ${variable}=${port === 65535 ? port - 1 : port + 1}`,
		);
	}
}
