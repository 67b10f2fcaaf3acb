import { checkCanListen } from '../../listening.ts';
import type { Container } from '../containers.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { type Listener, listenersOn } from '../listeners.ts';
import type { RunnableStack } from '../stack.ts';

interface NeededPort {
	readonly variable: 'PORT' | 'DB_PORT';
	readonly host: string;
	readonly port: number;
	/** The service of the stack that may use it. */
	readonly service: string;
}

export async function checkPorts(context: DoctorContext): Promise<Finding[]> {
	const stack = await context.stack;
	const needed = neededPorts(context, stack);
	const findings = await Promise.all(needed.map((port) => checkPort(context, stack, port)));
	return [...findings, ...checkNamedServer(context)];
}

/** The port of the service and, if Docker answers, that of the database, which only compose publishes. */
function neededPorts({ settings }: DoctorContext, stack: RunnableStack | undefined): NeededPort[] {
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
	{ root, settings }: DoctorContext,
	stack: RunnableStack | undefined,
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
		const [listener] = listenersOn(port);
		if (listener?.folder === root) return ok(`port ${port} is used by npx slipway dev of this project`);
		return taken(listener === undefined ? 'another program' : describe(listener));
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

/** A PostgreSQL of the system and one in a container may share a port, on different addresses. */
function checkNamedServer({ settings }: DoctorContext): Finding[] {
	if (!('provider' in settings) || settings.provider !== 'external') return [];
	const { host, port } = settings.endpoint;
	if (host !== 'localhost') return [];
	// Docker forwards each address by a process of its own.
	const listeners = new Map(
		listenersOn(port).map((each) => [each.name === 'docker-proxy' ? each.name : each.pid, each]),
	);
	if (listeners.size < 2) return [];
	return [
		warning(
			`several programs listen on port ${port}, so that localhost is one or another of them: ${Array.from(listeners.values(), describe).join(', ')}`,
			'Stop the others, or set DB_HOST to the address of the one that you mean: 127.0.0.1 or ::1.',
		),
	];
}

const describe = ({ pid, name, folder }: Listener) =>
	`process ${pid} (${name}${folder === undefined || folder === '/' ? '' : `, in ${folder}`})`;
