import type { Connection } from '../connection/index.ts';
import { type Drift, findDrift } from '../database/bootstrap/index.ts';
import type { SlipwayError } from '../errors.ts';
import type { Settings } from '../settings/index.ts';
import { formatWarning } from '../terminal/index.ts';
import { print } from './output.ts';

interface Target {
	readonly admin: Connection;
	readonly settings: Settings;
	/** For messages. */
	readonly name: string;
	/** The command as the user runs it. */
	readonly bootstrap: string;
	readonly report: (line: string) => void;
}

/** Prints how the database differs from what bootstrap makes, and sets the exit code. */
export async function printDrift(
	{ admin, settings, name, bootstrap, report }: Target,
	{ dedicated = false, json }: { readonly dedicated?: boolean; readonly json?: true },
): Promise<void> {
	const warnings: SlipwayError[] = [];
	const { database } = settings;
	const drift = await findDrift(admin, database, { dedicated, onWarning: (each) => warnings.push(each) });
	const isClean = drift.changes.length + drift.excess.length === 0;
	if (!isClean) process.exitCode = 1;
	if (json) {
		const shown = warnings.map(({ code, message, hint }) => ({ code, message, hint }));
		const { host, port, sslMode } = admin;
		return print(
			JSON.stringify({ database: database.name, host, port, sslMode, isClean, ...drift, warnings: shown }),
		);
	}
	for (const warning of warnings) report(formatWarning(warning));
	for (const line of linesOf(drift)) print(line);
	report(isClean ? `${name} is as bootstrap makes it` : closingLine(name, drift, bootstrap));
}

/** A script for psql. */
function linesOf({ changes, excess }: Drift): string[] {
	return [...changes, ...excess].map(({ summary, sql, redacted }) => {
		const comment = summary.replaceAll(/[\r\n]+/g, ' '); // A name may contain them.
		return `${redacted ? '-- ' : ''}${sql}; -- would have ${comment}`;
	});
}

function closingLine(name: string, { changes, excess }: Drift, bootstrap: string): string {
	const grants = excess.flatMap((each) => each.grants);
	return [
		`${name} differs:`,
		...(changes.length > 0 ? [`  ${count(changes.length)} to fix: ${bootstrap}`] : []),
		...(excess.length > 0
			? [`  ${count(excess.length)} that should not be there: ${bootstrap} --revoke`]
			: []),
		...(grants.length > 0
			? [
					'  Keep those that are meant by listing them in slipway.config.ts:',
					`  roles: { grants: [${grants.map((each) => `'${each.replaceAll("'", "\\'")}'`).join(', ')}] }`,
				]
			: []),
	].join('\n');
}

const count = (number: number) => (number === 1 ? '1 difference' : `${number} differences`);
