import { readFileSync, type Stats, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { quoteForShell } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { readEnvironment } from '../../settings/index.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok, warning } from '../finding.ts';

/** The files that variables such as `DB_PASSWORD_FILE` name. The check `settings` reports those that cannot be read. */
export async function checkSecrets({ root, environment, ...context }: DoctorContext): Promise<Finding[]> {
	const variables = variablesOf(environment, join(root, '.env'));
	const files = Object.entries(variables).filter(
		([name, file]) => /^(DB_\w*PASSWORD|DATABASE_URL)_FILE$/.test(name) && file,
	);
	const stack = await context.stack;
	const findings = files.flatMap(([name, file = '']) => {
		const path = resolve(root, file);
		const shown = `${name}=${relative(root, path)}`;
		return [...checkText(path, shown), ...checkMode(path, shown, stack !== undefined)];
	});
	return files.length > 0 && findings.length === 0
		? [
				ok(
					stack === undefined
						? 'only you can read the files with passwords'
						: 'the stack can read the files with passwords',
				),
			]
		: findings;
}

function variablesOf(environment: NodeJS.ProcessEnv, file: string): NodeJS.ProcessEnv {
	try {
		return readEnvironment(environment, file).variables;
	} catch (thrown) {
		if (thrown instanceof SlipwayError) return environment;
		throw thrown;
	}
}

/**
 * Slipway strips one line end, as most readers do. PostgreSQL's image strips all of them, but not a carriage return or a
 * byte order mark.
 */
function checkText(path: string, shown: string): Finding[] {
	const password = textOf(path)?.replace(/\n$/, '');
	if (password === password?.trim()) return [];
	return [
		error(
			`${shown} has white space, a second line end, or a byte order mark before or after the password, which not every reader strips`,
			`Write the file without: printf %s PASSWORD > ${quoteForShell(path)}`,
		),
	];
}

function textOf(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
}

function checkMode(path: string, shown: string, inStack: boolean): Finding[] {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return [];
	if (inStack) return isReadableInStack(found) ? [] : [closedToStack(path, shown)];
	if ((found.mode & 0o077) === 0) return [];
	const command = `chmod 600 ${quoteForShell(path)}`;
	return [warning(`other users of this machine may read ${shown}`, `Close it to them: ${command}`)];
}

/** The user of the stack's containers. On other systems, Docker runs in a virtual machine that shows files to all. */
const stackUser = 1000;

function isReadableInStack({ uid, gid, mode }: Stats): boolean {
	if (process.platform !== 'linux') return true;
	return (mode & (uid === stackUser ? 0o400 : gid === stackUser ? 0o040 : 0o004)) !== 0;
}

const closedToStack = (path: string, shown: string): Finding =>
	error(
		`the containers of the stack run as user ${stackUser}, who may not read ${shown}`,
		`Make that user its owner: sudo chown ${stackUser} ${quoteForShell(path)}`,
	);
