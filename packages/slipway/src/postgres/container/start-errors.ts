import { SlipwayError } from '../../errors.ts';
import { wrongSettings } from '../server-settings.ts';
import type { ServerPlan } from './server-plan.ts';

/** The `SlipwayError` for a container that did not start, from its output and the engine's message. */
export function explainStartError(error: unknown, plan: ServerPlan, output: string): unknown {
	const refusal = /^slipway-refuses (\S+) ?(.*)$/m.exec(output);
	const [, code = '', details = ''] = refusal ?? [];
	const explain = refusals[code];
	if (explain !== undefined) return explain(plan, details.split(' '), output);
	const message = error instanceof Error ? error.message.trim() : String(error);
	if (/port is already allocated|address already in use/i.test(`${message} ${output}`))
		return portTaken(plan, error);
	if (/unable to find user postgres|no matching entries in passwd|exec: "?\/bin\/sh/i.test(message))
		return notPostgres(plan, error);
	const wrong = wrongSettings(plan.settings, output);
	if (wrong !== undefined) return wrong;
	if (error instanceof SlipwayError) return error;
	return new SlipwayError(
		'server-did-not-start',
		`the container of ${plan.image} did not start PostgreSQL: ${lastLogLines(output) || message}`,
		'Fix what PostgreSQL reports, then try again.',
		{ cause: error },
	);
}

type Explain = (plan: ServerPlan, details: readonly string[], output: string) => SlipwayError;
const refusals: Record<string, Explain> = {
	'not-postgres': (plan) => notPostgres(plan),
	'other-data': ({ volume }, [found, major, file]) =>
		new SlipwayError(
			'data-directory-version',
			`the volume ${volume} contains data of PostgreSQL ${found} in ${file}, and this is PostgreSQL ${major}`,
			`${Number(found) < Number(major) ? 'Move it to the new version: npx slipway db upgrade. Or keep' : 'Keep'} using the image that created it (POSTGRES_IMAGE=postgres:${found}), or start over: npx slipway clean --erase`,
		),
	'other-network': ({ image }) =>
		new SlipwayError(
			'other-network',
			`the container of ${image} is on another machine or in another network than this process`,
			'Start it in its own network.',
		),
	unwritable: ({ volume }, [home]) =>
		new SlipwayError(
			'unwritable',
			`the image's user "postgres" cannot write to the volume ${volume} in ${home}`,
			'Remove the volume if you do not need its data (docker volume rm), or make that user its owner.',
		),
	'snapshot-damaged': ({ image }, _details, output) =>
		new SlipwayError(
			'snapshot-damaged',
			`the snapshot in the image ${image} cannot be read: ${/^tar: .*$/m.exec(output)?.[0] ?? lastLogLines(output)}`,
			`Remove it: docker rmi ${image}`,
		),
	'initdb-failed': ({ image }, _details, output) =>
		new SlipwayError(
			'initdb-failed',
			`the container of ${image} could not create its data directory: ${lastLogLines(output)}`,
			'Fix what initdb reports, then try again. It needs 40 MB of disk space.',
		),
};

function notPostgres({ image }: ServerPlan, cause?: unknown): SlipwayError {
	return new SlipwayError(
		'not-postgres',
		`the image ${image} is not a PostgreSQL image: it lacks the user "postgres" or the programs initdb and postgres`,
		'Set POSTGRES_IMAGE to another one, such as postgres:18.',
		{ cause },
	);
}

function portTaken({ port, shared }: ServerPlan, cause: unknown): SlipwayError {
	return new SlipwayError(
		'port-in-use',
		`port ${shared?.port ?? port} is in use on the container engine's machine`,
		'Stop the program that listens there, or choose another port.',
		{ cause },
	);
}

function lastLogLines(output: string): string {
	const lines = output.split('\n').filter((line) => /FATAL|PANIC|HINT|DETAIL|error|could not/i.test(line));
	return lines.slice(-5).join('\n') || output.split('\n').slice(-5).join('\n');
}
