import { realpathSync } from 'node:fs';
import { addressesOf, describeAddress } from '../../connection/index.ts';
import { checkoutsFolder, findDevServer, listCheckouts } from '../../dev/index.ts';
import type { Container } from '../containers.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { isThisMachine } from '../servers.ts';

/** Whether this checkout shares something with another one that should be its own. */
export async function checkProject(context: DoctorContext): Promise<Finding[]> {
	const [name, server] = await Promise.all([checkName(context), checkServer(context)]);
	return [...name, ...server];
}

/** Compose names a stack after its folder, and treats two of the same name as one. */
async function checkName({ root, ...context }: DoctorContext): Promise<Finding[]> {
	const stack = await context.stack;
	if (stack === undefined) return [];
	const { project, containers } = stack;
	const foreign = containers.find((each) => each.project === project && isElsewhere(each, root));
	if (foreign === undefined) return [ok(`the stack is named ${project}`)];
	return [
		error(
			`a stack named ${project} is already running in another checkout, ${foreign.folder}`,
			'Give this checkout its own name and ports in .env: COMPOSE_PROJECT_NAME, PORT and DB_PORT.',
		),
	];
}

const isElsewhere = ({ folder }: Container, root: string) => folder !== '' && folder !== realpathSync(root);

/** Settings that were copied from another checkout lead to its database. */
async function checkServer(context: DoctorContext): Promise<Finding[]> {
	const { settings } = context;
	if (!('provider' in settings) || settings.provider !== 'external') return [];
	const here = addressesOf(settings.endpoint).filter(({ host }) => isThisMachine(host));
	const findings = here.map(async (address) => {
		const { port } = address;
		const other = (await containerElsewhere(context, port)) ?? (await devServerElsewhere(context, port));
		if (other === undefined) return [];
		return [
			warning(
				`the server that the settings name, ${describeAddress(address)}, belongs to another checkout, ${other}`,
				'If the two should not share their data, correct DB_HOST and DB_PORT, or DATABASE_URL.',
			),
		];
	});
	return (await Promise.all(findings)).flat();
}

async function containerElsewhere({ root, stack }: DoctorContext, port: number): Promise<string | undefined> {
	const containers = (await stack)?.containers ?? [];
	return containers.find((each) => each.ports.includes(port) && isElsewhere(each, root))?.folder;
}

async function devServerElsewhere(
	{ root, environment }: DoctorContext,
	port: number,
): Promise<string | undefined> {
	const others = listCheckouts(checkoutsFolder(environment)).filter((each) => each !== root);
	const servers = await Promise.all(others.map((each) => findDevServer(each).catch(() => undefined)));
	return servers.find((server) => server?.admin.port === port)?.root;
}
