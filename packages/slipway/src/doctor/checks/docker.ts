import type { Docker } from '../docker.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';
import { readStack } from '../stack.ts';

/** Of Docker Engine 25. compose.yaml asks often for the health while something starts, which is new in it. */
const oldestApi = '1.44';
/** The dev container includes compose.yaml and takes its published port away (`!reset`). */
const oldestCompose = '2.24.4';

export async function checkDocker({ docker }: Site): Promise<Finding[]> {
	const [cli, engine, compose] = await Promise.all([
		docker('--version'),
		docker('version', '--format', '{{.Server.Version}} {{.Client.APIVersion}}'),
		docker('compose', 'version', '--short'),
	]);
	if (!cli.done) return [ok('there is no Docker here; scripts/dev and scripts/test need none')];
	if (!engine.done) return [explainEngine(engine.complaint)];
	if (!compose.done)
		return [error('Docker Compose is not installed', `Install its plugin, ${oldestCompose} or newer.`)];
	const [version = '', api = ''] = engine.stdout.split(' ');
	const tooOld = [
		...(isOlder(api, oldestApi) ? [explainApi(version, api)] : []),
		...(isOlder(compose.stdout, oldestCompose) ? [explainCompose(compose.stdout)] : []),
	];
	if (tooOld.length > 0) return tooOld;
	return [
		ok(`Docker Engine ${version}, API ${api}, Compose ${compose.stdout}`),
		...(await checkConfig(docker)),
	];
}

/** Docker's command line says it in English wherever it runs. */
function explainEngine(complaint: string): Finding {
	if (/permission denied/i.test(complaint))
		return error(
			`the Docker engine does not let this user in: ${complaint}`,
			'Join its group (sudo usermod -aG docker "$USER") and log in again, or use rootless Docker; scripts/dev and scripts/test need no Docker.',
		);
	return warning(
		`no Docker engine answers: ${complaint}`,
		'Start it (Docker Desktop, or sudo systemctl start docker), or correct DOCKER_HOST; scripts/dev and scripts/test need no Docker.',
	);
}

function explainApi(version: string, api: string): Finding {
	return error(
		`Docker Engine ${version} is talked to in API ${api}, and compose.yaml needs ${oldestApi}`,
		'Update Docker Engine and its command line to 25 or newer, and unset DOCKER_API_VERSION.',
	);
}

function explainCompose(version: string): Finding {
	return error(
		`Docker Compose is ${version}, and compose.yaml needs ${oldestCompose}`,
		'Update its plugin (docker-compose-plugin), or Docker Desktop.',
	);
}

async function checkConfig(docker: Docker): Promise<Finding[]> {
	const stack = await readStack(docker);
	if (!('complaint' in stack)) return [];
	return [
		error(
			`compose does not read the stack: ${stack.complaint}`,
			'Correct compose.yaml, its override, or .env.',
		),
	];
}

/** By the numbers of the two, of which Debian and others append their own. */
function isOlder(version: string, oldest: string): boolean {
	const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
	const given = numbers(version);
	for (const [index, wanted] of numbers(oldest).entries()) {
		const difference = (given[index] ?? 0) - wanted;
		if (difference !== 0) return difference < 0;
	}
	return false;
}
