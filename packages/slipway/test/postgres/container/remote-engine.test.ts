import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { type Finished, runProcess, toolRoot } from '../../helpers/child-process.ts';
import { dockerClient, image } from '../../helpers/engine.ts';
import { describeWithEngineHere } from '../../helpers/engine-here.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

describeWithEngineHere('an engine of another machine', () => {
	testInOwnNamespace('that listens with TLS, is reached under the name in DOCKER_HOST', async () => {
		const certificates = createCertificates();
		const environment = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates };
		const port = await listenForEngine(certificates);
		const { status, stdout, stderr } = await elsewhere({
			...environment,
			DOCKER_HOST: `tcp://${hostname()}:${port}`,
		});
		expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: `${hostname()} answers\n` });
		const untrusted = { ...environment, DOCKER_CERT_PATH: createCertificates() };
		const refused = await elsewhere({ ...untrusted, DOCKER_HOST: `tcp://${hostname()}:${port}` });
		expect(refused.stdout).toMatch(/^no-engine: no container engine answers at .*certificate/);
	});

	testInOwnNamespace('whose socket is forwarded, is reached under TESTCONTAINERS_HOST_OVERRIDE', async () => {
		const socket = join(temporaryDirectory(), 'engine.sock');
		const listener = createServer(await forwarding());
		await once(listener.listen(socket), 'listening');
		onTestFinished(() => void listener.close());
		const environment = { DOCKER_HOST: `unix://${socket}`, TESTCONTAINERS_HOST_OVERRIDE: hostname() };
		const { status, stdout, stderr } = await elsewhere(environment);
		expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: `${hostname()} answers\n` });
	});
});

/** Starts a server in a process whose machine has another name than the engine's, and asks it something. */
function elsewhere(environment: NodeJS.ProcessEnv): Promise<Finished> {
	const source = `
		import { withClient } from './src/connection/index.ts';
		import { startContainer } from './src/postgres/index.ts';
		try {
			await using server = await startContainer({ image: process.argv[1] });
			await withClient(server.admin, (sql) => sql\`SELECT 1\`);
			console.log(server.admin.host + ' answers');
		} catch ({ code, message }) {
			console.log(code + ': ' + message);
		}`;
	const node = [process.execPath, '--input-type=module-typescript', '-e', source, '--', image];
	const command = ['--map-root-user', '--uts', 'sh', '-c', 'hostname elsewhere; exec "$@"', 'sh', ...node];
	return runProcess('unshare', command, { cwd: toolRoot, env: environment });
}

/** One certificate for the authority, the engine and its clients, in the files that Docker's own client reads. */
function createCertificates(): string {
	const folder = temporaryDirectory();
	const names = ['-subj', '/CN=engine', '-addext', `subjectAltName=DNS:${hostname()}`];
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem'];
	execFileSync('openssl', ['req', '-x509', ...key, ...names, '-days', '2', '-out', 'cert.pem'], {
		cwd: folder,
		stdio: 'ignore',
	});
	execFileSync('cp', ['cert.pem', 'ca.pem'], { cwd: folder });
	return folder;
}

/** The port where the engine listens with TLS, as dockerd does with --tlsverify. */
async function listenForEngine(certificates: string): Promise<number> {
	const read = (name: string) => readFileSync(join(certificates, name));
	const options = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), requestCert: true };
	const listener = createTlsServer({ ...options, rejectUnauthorized: true }, await forwarding());
	await once(listener.listen(0), 'listening');
	onTestFinished(() => void listener.close());
	return (listener.address() as AddressInfo).port;
}

/** Connects clients to the engine. */
async function forwarding(): Promise<(client: Socket) => void> {
	const { modem } = await dockerClient();
	const { socketPath = '' } = modem as { socketPath?: string };
	return (client) => {
		const engine = connect(socketPath);
		for (const end of [client, engine]) end.on('error', () => {});
		client.on('close', () => engine.destroy());
		engine.on('close', () => client.destroy());
		client.pipe(engine).pipe(client);
	};
}
