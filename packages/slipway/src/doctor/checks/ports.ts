import { checkCanListen } from '../../listening.ts';
import type { Container } from '../containers.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { listenerOn } from '../listener.ts';

interface NeededPort {
	readonly variable: 'PORT' | 'DB_PORT';
	readonly host: string;
	readonly port: number;
	/** The service of the stack that may use it. */
	readonly service: string;
}

export async function checkPorts(context: DoctorContext): Promise<Finding[]> {
	const findings = await Promise.all(neededPorts(context).map((port) => checkPort(context, port)));
	return findings;
}

/** The port of the service and, if Docker answers, that of the database, which only compose publishes. */
function neededPorts({ settings, stack }: DoctorContext): NeededPort[] {
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

/** The ports in `3000` or `3000-3002`; none for `0`, which lets the engine choose free ports. */
function portsOf(published: string): number[] {
	const [first = 0, last = first] = published.split('-').map(Number);
	if (first === 0) return [];
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

async function checkPort(
	{ root, settings, stack }: DoctorContext,
	{ variable, host, port, service }: NeededPort,
): Promise<Finding> {
	const container = stack?.containers.find(({ ports }) => ports.includes(port));
	if (container !== undefined && isOurs(container))
		return ok(`port ${port} is used by the stack's ${service}`);
	if (container !== undefined) return taken(`the container ${container.name}`);
	try {
		await checkCanListen(host, port);
		return ok(`port ${port} is free`);
	} catch {
		const listener = listenerOn(port);
		if (listener?.folder === root) return ok(`port ${port} is used by npx slipway dev of this project`);
		return taken(listener === undefined ? 'another program' : `process ${listener.pid} (${listener.name})`);
	}

	function isOurs(candidate: Container): boolean {
		return candidate.project === stack?.project && candidate.service === service;
	}
	function taken(holder: string): Finding {
		// With an external server the stack's database is not needed, and the port may be that server's own.
		const named = 'provider' in settings && settings.provider === 'external';
		if (service === 'db' && named)
			return warning(
				`port ${port} (DB_PORT), on which docker compose would publish a database, is in use by ${holder}`,
				'If that is the server that the settings name, all is well. To run docker compose up as well, set another DB_PORT.',
			);
		return error(
			`port ${port} (${variable}) is in use by ${holder}`,
			`Stop it, or choose another port: ${variable}=${port === 65535 ? port - 1 : port + 1}`,
		);
	}
}
