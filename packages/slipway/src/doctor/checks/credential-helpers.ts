import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { error, type Finding } from '../finding.ts';

/** Docker Desktop names a program in its configuration, without which no image can be pulled, not even a public one. */
export function checkCredentialHelpers({ DOCKER_CONFIG, PATH = '' }: NodeJS.ProcessEnv): Finding[] {
	const file = join(DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
	return helpersIn(file)
		.map((name) => `docker-credential-${name}`)
		.filter((program) => !PATH.split(delimiter).some((folder) => isExecutable(join(folder, program))))
		.map((program) =>
			error(
				`${file} names the program ${program}, which is not in PATH, so that Docker cannot pull images`,
				'Install it, or remove credsStore and credHelpers from that file.',
			),
		);
}

function helpersIn(file: string): readonly string[] {
	try {
		const { credsStore, credHelpers = {} } = JSON.parse(readFileSync(file, 'utf8')) as DockerConfig;
		return [...new Set([...(credsStore ? [credsStore] : []), ...Object.values(credHelpers)])];
	} catch {
		return []; // There is none, or Docker itself reports it.
	}
}

interface DockerConfig {
	readonly credsStore?: string;
	readonly credHelpers?: Readonly<Record<string, string>>;
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
