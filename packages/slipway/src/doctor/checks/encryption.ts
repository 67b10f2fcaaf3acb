import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as encrypt, type TLSSocket } from 'node:tls';
import { addressesOf, describeAddress, type Endpoint } from '../../connection/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';
import { isThisMachine } from '../servers.ts';

/** Whether connections to a server on another machine are encrypted, and for how long its certificate is valid. */
export async function checkEncryption({ servers }: DoctorContext): Promise<Finding[]> {
	const named = (await servers).filter(({ dedicated }) => !dedicated);
	const endpoints = new Map(
		named
			.flatMap(({ app, migrator }) => [app, migrator])
			.flatMap((login) => addressesOf(login).map((address) => ({ ...login, ...address })))
			.map((each) => [describeAddress(each), each]),
	);
	const findings = await Promise.all(Array.from(endpoints.values(), lookAt));
	return findings.flat();
}

async function lookAt(endpoint: Endpoint): Promise<Finding[]> {
	if (endpoint.host.startsWith('/')) return [];
	const where = describeAddress(endpoint);
	const socket = connect(endpoint.port, endpoint.host).unref();
	try {
		const offered = await offersEncryption(socket);
		if (endpoint.sslMode === 'disable')
			return offered && !isThisMachine(endpoint.host) ? [unencrypted(where)] : [];
		// The check `passwords` reports a server that does not offer what is required.
		return offered ? [certificateFinding(where, await validUntil(socket, endpoint.host))] : [];
	} catch {
		return []; // It does not answer, or not as PostgreSQL. The check `passwords` reports it.
	} finally {
		socket.destroy();
	}
}

/** PostgreSQL's documentation, "SSL Session Encryption": the server answers S or N. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

async function offersEncryption(socket: Socket): Promise<boolean> {
	socket.write(sslRequest);
	const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
	return String(answer) === 'S';
}

async function validUntil(socket: Socket, host: string): Promise<Date> {
	const secured: TLSSocket = encrypt({
		socket,
		...(isIP(host) === 0 && { servername: host }),
		rejectUnauthorized: false,
	});
	await once(secured, 'secureConnect');
	return new Date(secured.getPeerCertificate().valid_to);
}

const unencrypted = (where: string): Finding =>
	warning(
		`the connections to ${where} are not encrypted, although the server offers it`,
		'Set DB_SSLMODE=require, or verify-full to check its certificate as well.',
	);

const day = 24 * 60 * 60 * 1000;
const shortTime = 14 * day;

function certificateFinding(where: string, until: Date): Finding {
	const left = until.getTime() - Date.now();
	const date = until.toISOString().slice(0, 10);
	if (left > shortTime) return ok(`the certificate of ${where} is valid until ${date}`);
	return warning(
		`the certificate of ${where} ${left < 0 ? `has been invalid since ${date}` : `is valid until ${date} only`}`,
		'Renew it on the server: clients with DB_SSLMODE=verify-full refuse one that has expired.',
	);
}
