import { connectEngine } from '../../postgres/index.ts';
import { askEngine, type Docker } from '../../stack/index.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, fromError, ok, warning } from '../finding.ts';
import { readStack } from '../stack.ts';
import { checkCredentialHelpers } from './credential-helpers.ts';

/** That of Docker Engine 25, the first with `start_interval` of health checks, which compose.yaml uses. */
const oldestApi = '1.44';
/** The first with `!reset`, by which the dev container removes the published port of compose.yaml. */
const oldestCompose = '2.24.4';

const withoutDocker = 'npx slipway dev and the tests work without it';

export async function checkDocker(context: DoctorContext): Promise<Finding[]> {
	const { docker } = context;
	const [engine, compose] = await Promise.all([askEngine(docker), docker('compose', 'version', '--short')]);
	if (needsEngine(context) && !engine.done) return [await explainMissing()];
	if (engine.missing) return [ok(`Docker is not installed; ${withoutDocker}`)];
	if (!engine.done) return [explainEngine(engine.failure)];
	if (!compose.done)
		return [
			error('Docker Compose is not installed', `Install the Compose plugin ${oldestCompose} or later.`),
		];
	const [version = '', api = ''] = engine.stdout.split(' ');
	const tooOld = [
		...(isOlder(api, oldestApi) ? [explainApi(version, api)] : []),
		...(isOlder(compose.stdout, oldestCompose) ? [explainCompose(compose.stdout)] : []),
	];
	if (tooOld.length > 0) return tooOld;
	return [
		ok(`Docker Engine ${version}, API ${api}, Compose ${compose.stdout}`),
		...(await checkConfig(docker)),
		...checkCredentialHelpers(context.environment),
	];
}

function needsEngine({ settings, config }: DoctorContext): boolean {
	return (
		('provider' in settings && settings.provider === 'container') || config?.postgres.provider === 'container'
	);
}

/** What `dev` and the tests would report. Servers in containers need no `docker` command. */
async function explainMissing(): Promise<Finding> {
	try {
		await connectEngine({ timeout: 1000 });
		return ok('the container engine answers');
	} catch (thrown) {
		return fromError(thrown);
	}
}

/** Docker's command line prints English in every locale. */
function explainEngine(failure: string): Finding {
	if (/permission denied/i.test(failure))
		return error(
			`this user has no access to the Docker engine: ${failure}`,
			`Join the group docker (sudo usermod -aG docker "$USER") and log in again, or use rootless Docker; ${withoutDocker}.`,
		);
	return warning(
		`no Docker engine answers: ${failure}`,
		`Start it (Docker Desktop, or sudo systemctl start docker), or correct DOCKER_HOST; ${withoutDocker}.`,
	);
}

function explainApi(version: string, api: string): Finding {
	return error(
		`the Docker client uses API ${api} of Docker Engine ${version}, but compose.yaml needs ${oldestApi}`,
		'Update Docker Engine and its client to 25 or later, and unset DOCKER_API_VERSION.',
	);
}

function explainCompose(version: string): Finding {
	return error(
		`Docker Compose is ${version}, but compose.yaml needs ${oldestCompose}`,
		'Update the plugin (docker-compose-plugin) or Docker Desktop.',
	);
}

async function checkConfig(docker: Docker): Promise<Finding[]> {
	const stack = await readStack(docker);
	if (stack === undefined || !('failure' in stack)) return [];
	return [
		error(
			`docker compose cannot read the stack: ${stack.failure}`,
			'Correct compose.yaml, its override, or .env.',
		),
	];
}

/** Compares the leading numbers. Debian and others append numbers of their own. */
function isOlder(version: string, oldest: string): boolean {
	const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
	const given = numbers(version);
	for (const [index, wanted] of numbers(oldest).entries()) {
		const difference = (given[index] ?? 0) - wanted;
		if (difference !== 0) return difference < 0;
	}
	return false;
}
