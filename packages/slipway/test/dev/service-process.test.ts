import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ServiceProcess } from '../../src/dev/service-process.ts';
import { isRunning } from '../../src/postgres/process-identity.ts';
import { startModule } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
const writePid = "require('node:fs').writeFileSync(__filename + '.pid', String(process.pid));";
const listen = "process.send({ address: 'http://127.0.0.1:1/' });";
const spin =
	"for (const end = Date.now() + 10_000; Date.now() < end; ); console.log('outlived'); process.exit();";
/** Misbehaving services, and one that works. */
const services = {
	hangsAtStart: `${stubborn} ${writePid}`,
	hangsLater: `${stubborn} ${writePid} process.send({ address: 'http://127.0.0.1:1/' }, () => { ${spin} });`,
	fails: 'process.exit(3);',
	works: `${listen} setInterval(() => {}, 1000);`,
	/** Knows nothing of its parent, as most programs. */
	isPlain: "require('node:http').createServer().listen(process.env.PORT, 'localhost');",
	stopsInItsOwnTime: `
		process.on('SIGTERM', () => { require('node:fs').writeFileSync(__filename + '.stopped', ''); process.exit(); });
		setInterval(() => {}, 1000); ${writePid}`,
	crashes: `${listen} setTimeout(() => process.exit(4), 10);`,
};

function serviceIn(entry: string, kind: keyof typeof services, { port = 0, killAfter = 100 } = {}) {
	const become = (next: keyof typeof services) => writeFileSync(entry, services[next]);
	become(kind);
	const crashes: string[] = [];
	const service = new ServiceProcess({
		command: `${process.execPath} ${entry}`,
		endpoint: { host: '127.0.0.1', port },
		folder: dirname(entry),
		environment: { PORT: String(port) },
		onCrash: (how) => crashes.push(how),
		killAfter,
	});
	const pidOfHanging = async () => {
		await eventually(() => existsSync(`${entry}.pid`) && readFileSync(`${entry}.pid`, 'utf8') !== '');
		return Number(readFileSync(`${entry}.pid`, 'utf8'));
	};
	return { service, become, crashes, pidOfHanging };
}

const newEntry = () => join(temporaryDirectory(), 'service.cjs');

test('a service that hangs before it listens is replaced by the next one', async () => {
	const { service, become, pidOfHanging } = serviceIn(newEntry(), 'hangsAtStart');
	await using _ = service;
	const first = service.restart();
	const hanging = await pidOfHanging();
	become('works');
	expect(await service.restart()).toBe('http://127.0.0.1:1/');
	expect(await first).toBeUndefined();
	expect(isRunning(hanging)).toBe(false);
});

test('so is one that hangs afterwards', async () => {
	const { service, become, crashes, pidOfHanging } = serviceIn(newEntry(), 'hangsLater');
	await using _ = service;
	await service.restart();
	const hanging = await pidOfHanging();
	become('works');
	expect(await service.restart()).toBe('http://127.0.0.1:1/');
	expect(isRunning(hanging)).toBe(false);
	expect(crashes).toEqual([]);
});

test('disposing kills a service that hangs, and settles its start', async () => {
	const { service, pidOfHanging } = serviceIn(newEntry(), 'hangsAtStart');
	const start = service.restart();
	const hanging = await pidOfHanging();
	await service[Symbol.asyncDispose]();
	expect(await start).toBeUndefined();
	expect(isRunning(hanging)).toBe(false);
});

test('the address of a service that does not send it is where it listens', async () => {
	const port = await freePort();
	const { service, become, crashes } = serviceIn(newEntry(), 'isPlain', { port });
	await using _ = service;
	expect(await service.restart()).toMatch(new RegExp(`^http://(127\\.0\\.0\\.1|\\[::1\\]):${port}$`));
	become('fails');
	await expect(service.restart()).rejects.toMatchObject({ code: 'service-did-not-start' });
	expect(crashes).toEqual([]);
});

test('a service that listens nowhere is asked to stop before it is killed', async () => {
	const entry = newEntry();
	const { service, pidOfHanging } = serviceIn(entry, 'stopsInItsOwnTime', { killAfter: 60_000 });
	const start = service.restart();
	await pidOfHanging();
	await service[Symbol.asyncDispose]();
	expect(await start).toBeUndefined();
	expect(existsSync(`${entry}.stopped`)).toBe(true);
});

test('a stopped service is down until the next restart, and stopping it settles a pending start without an error', async () => {
	const { service, become, crashes, pidOfHanging } = serviceIn(newEntry(), 'hangsAtStart');
	await using _ = service;
	const start = service.restart();
	const hanging = await pidOfHanging();
	await service.stop();
	expect(isRunning(hanging)).toBe(false);
	expect(await start).toBeUndefined();
	become('works');
	expect(await service.restart()).toBe('http://127.0.0.1:1/');
	await service.stop();
	expect(await service.restart()).toBe('http://127.0.0.1:1/');
	expect(crashes).toEqual([]);
});

test('of several restarts at once, the last one wins', async () => {
	const { service } = serviceIn(newEntry(), 'works');
	await using _ = service;
	const addresses = await Promise.all([service.restart(), service.restart(), service.restart()]);
	expect(addresses).toEqual([undefined, undefined, 'http://127.0.0.1:1/']);
});

test('a service that exits before it listens rejects the start; one that exits later is reported as a crash', async () => {
	const { service, become, crashes } = serviceIn(newEntry(), 'fails');
	await using _ = service;
	await expect(service.restart()).rejects.toMatchObject({ code: 'service-did-not-start' });
	become('crashes');
	await service.restart();
	await eventually(() => crashes.length > 0);
	expect(crashes).toEqual(['with exit code 4']);
});

test('one that hangs does not outlive a parent that exits abruptly', async () => {
	const entry = newEntry();
	writeFileSync(entry, services.hangsLater);
	const parent = startModule(
		`import { ServiceProcess } from './src/dev/service-process.ts';
		const command = \`\${process.execPath} \${process.argv[1]}\`;
		const service = new ServiceProcess({
			command, endpoint: { host: '127.0.0.1', port: 0 }, folder: '.', environment: {}, onCrash: () => {},
		});
		await service.restart();
		process.exit();`,
		[entry],
	);
	// Resolves when no process has the parent's stdout open any more.
	expect(await parent.finished).toMatchObject({ status: 0, stdout: '' });
});
