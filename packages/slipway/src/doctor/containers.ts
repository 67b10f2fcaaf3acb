import type { Docker } from '../stack/index.ts';

/** A running container. */
export interface Container {
	readonly name: string;
	/** The compose project and its folder; empty if it is not part of one. */
	readonly project: string;
	readonly folder: string;
	readonly service: string;
	/** The ports of the host that are forwarded to it. */
	readonly ports: readonly number[];
}

const fields = [
	'{{.Names}}',
	'{{.Label "com.docker.compose.project"}}',
	'{{.Label "com.docker.compose.project.working_dir"}}',
	'{{.Label "com.docker.compose.service"}}',
	'{{.Ports}}',
];

export async function listContainers(docker: Docker): Promise<readonly Container[]> {
	const { stdout } = await docker('ps', '--format', fields.join('\t'));
	const lines = stdout.split('\n').filter((line) => line !== '');
	return lines.map((line) => {
		const [name = '', project = '', folder = '', service = '', ports = ''] = line.split('\t');
		return { name, project, folder, service, ports: publishedPorts(ports) };
	});
}

/** From text such as `127.0.0.1:5432->5432/tcp, [::]:3000-3002->3000-3002/tcp, 80/tcp`. */
function publishedPorts(text: string): number[] {
	return [...text.matchAll(/:(\d+)(?:-(\d+))?->/g)].flatMap(([, first, last = first]) =>
		range(Number(first), Number(last)),
	);
}

function range(first: number, last: number): number[] {
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
