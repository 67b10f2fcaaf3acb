import { addressesOf, type Connection, describeAddress, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, fromError, ok } from '../finding.ts';
import { quick } from '../servers.ts';

/** Whether each of several hosts answers, and whether they are one primary and its standbys. */
export async function checkHosts({ settings, servers }: DoctorContext): Promise<Finding[]> {
	const app = (await servers).find(({ dedicated }) => !dedicated)?.app;
	if (app === undefined || settings instanceof SlipwayError) return [];
	const { readEndpoint } = settings;
	const logins = [app, ...(readEndpoint ? [{ ...app, ...readEndpoint }] : [])].flatMap(
		({ choice, ...login }) => addressesOf({ ...login, choice }).map((address) => ({ ...login, ...address })),
	);
	if (logins.length === 1) return []; // The check `passwords` looks at it.
	const unique = new Map(logins.map((login) => [describeAddress(login), login]));
	const seen = await Promise.all(Array.from(unique.values(), lookAt));
	const hosts = seen.filter((host) => 'role' in host);
	return [
		...seen.filter((host) => 'level' in host),
		...hosts.map(({ name, role }) => ok(`${name} is a ${role}`)),
		...severalPrimaries(hosts.filter(({ role }) => role === 'primary')),
		...foreign(hosts),
	];
}

interface Host {
	readonly name: string;
	readonly role: 'primary' | 'standby';
	/** A standby has that of its primary. */
	readonly system: string;
}

async function lookAt(login: Connection): Promise<Host | Finding> {
	const look = (sql: Parameters<Parameters<typeof withClient>[1]>[0]) => sql<Omit<Host, 'name'>[]>`
		SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'standby' ELSE 'primary' END AS role,
			(pg_catalog.pg_control_system()).system_identifier::text AS system`;
	try {
		const [host] = await withClient(login, look, quick);
		return { name: describeAddress(login), role: 'primary', system: '', ...host };
	} catch (thrown) {
		return fromError(thrown, 'warning');
	}
}

function severalPrimaries(primaries: readonly Host[]): Finding[] {
	if (primaries.length < 2) return [];
	return [
		error(
			`several hosts are primaries, so that clients write to one or the other: ${namesOf(primaries)}`,
			'Find out which one has the data, and stop the others or make them its standbys.',
		),
	];
}

function foreign(hosts: readonly Host[]): Finding[] {
	if (new Set(hosts.map(({ system }) => system)).size < 2) return [];
	return [
		error(
			`not all hosts are copies of the same server: ${namesOf(hosts)}`,
			'Correct DATABASE_URL (or DB_HOST and DB_PORT) and DB_READ_URL: name a primary and its standbys.',
		),
	];
}

const namesOf = (hosts: readonly Host[]) => hosts.map(({ name }) => name).join(', ');
