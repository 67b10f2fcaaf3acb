import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import { type LoadedEnvironment, readEnvironment } from '../../settings/index.ts';
import type { Docker } from '../../stack/index.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok, warning } from '../finding.ts';

/** Whether what the commands read in `.env` is what Node and Docker Compose read, and what they use. */
export async function checkEnvironment({ root, environment, docker }: DoctorContext): Promise<Finding[]> {
	const file = join(root, '.env');
	const entries = readEntries(root, file);
	if (entries.length === 0) return [];
	const byNode = parseEnv(readFileSync(file, 'utf8'));
	const byCompose = await readByCompose(docker);
	const findings = entries.flatMap(({ name, value, line }) => [
		...(byNode[name] === value ? [] : [differs('node --env-file', name, line)]),
		...(byCompose(name, environment[name] ?? value) ? [] : [differs('docker compose', name, line)]),
		...(isOverridden(environment[name], value, name) ? [overridden(name, line)] : []),
	]);
	return findings.length > 0 ? findings : [ok('.env means the same to all that read it')];
}

interface Entry {
	readonly name: string;
	readonly value: string;
	/** The file and line, for messages. */
	readonly line: string;
}

/** Empty if there is no file, or if it has errors, which the check `settings` reports. */
function readEntries(root: string, file: string): readonly Entry[] {
	try {
		const { variables, origins }: LoadedEnvironment = readEnvironment({}, file);
		return Object.entries(variables).map(([name, value = '']) => ({
			name,
			value,
			line: relative(root, origins.get(name) ?? file),
		}));
	} catch (thrown) {
		if (thrown instanceof SlipwayError) return [];
		throw thrown;
	}
}

/** Whether Compose reads this value. It may read other files: COMPOSE_ENV_FILES names them. */
async function readByCompose(docker: Docker): Promise<(name: string, value: string) => boolean> {
	const { done, stdout } = await docker('compose', 'config', '--environment');
	// There is no stack, or no Compose, or it is too old for this question.
	if (!done) return () => true;
	return (name, value) => `\n${stdout}\n`.includes(`\n${name}=${value}\n`);
}

/** Those that change which database is used. */
const important = /^(DATABASE_|DB_|POSTGRES_|SLIPWAY_|COMPOSE_PROJECT_NAME$|PORT$|HOST$|NODE_ENV$)/;

function isOverridden(given: string | undefined, value: string, name: string): boolean {
	return given !== undefined && given !== value && important.test(name);
}

// No value is shown: it may be a password.

const differs = (reader: string, name: string, line: string): Finding =>
	error(
		`${reader} does not read the value of ${name} that ${line} has`,
		'Check whether it reads other files (COMPOSE_ENV_FILES, env_file), or put the value in single quotes.',
	);

const overridden = (name: string, line: string): Finding =>
	warning(
		`${name} is set in the environment, which wins over ${line}, where it has another value`,
		`If the file is right: unset ${name}`,
	);
