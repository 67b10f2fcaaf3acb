import { join } from 'node:path';
import { startPostgres } from 'slipway';
import { startChromium } from 'slipway/test-helpers/chromium';
import { connections } from '../counter/loads.ts';
import { startTarget } from '../counter/targets.ts';
import { type Load, runWrk, wrkVersion } from '../counter/wrk.ts';
import type { LoadBenchmark } from '../load.ts';
import { firstPaint, openPage, timeUntilSeen } from './browser.ts';
import { type LiveFigures, type LiveMeasurements, type Round, summarizeLive } from './figures.ts';
import { openTabs } from './tabs.ts';

const tabs = 100;
const warmUpSeconds = 2;
const repetitions = 15;

/** Takes turns between the service with open pages and the same server without a database, so that other work affects both. */
export async function measureLive({ root, rounds, seconds, report }: LoadBenchmark): Promise<LiveFigures> {
	await wrkVersion();
	await using server = await startPostgres({ migrations: join(root, 'migrations') });
	await using service = await startTarget('service', server.app);
	await using memory = await startTarget('in-memory', server.app);
	const load = async (seconds: number): Promise<Round> => ({
		service: await loadWithTabs(service.address, seconds),
		memory: await runWrk(memory.address, connections, seconds),
	});
	report('warming up');
	await load(warmUpSeconds);
	const measured: Round[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		measured.push(await load(seconds));
	}
	report('in the browser');
	return summarizeLive({ tabs, rounds: measured, ...(await measureBrowser(service.address)) });
}

async function loadWithTabs(address: string, seconds: number): Promise<Load> {
	await using _ = await openTabs(address, tabs);
	return await runWrk(address, connections, seconds);
}

type Seen = Pick<LiveMeasurements, 'untilSeen' | 'firstPaint' | 'plainPaint'>;

async function measureBrowser(address: string): Promise<Seen> {
	const browser = await startChromium();
	try {
		const [paints, plainPaints]: [number[], number[]] = [[], []];
		for (let i = 0; i < repetitions; i++) {
			paints.push(await firstPaint(browser, address));
			plainPaints.push(await firstPaint(browser, `${address}not-found`));
		}
		const [from, other] = [await openPage(browser, address), await openPage(browser, address)];
		const times: number[] = [];
		for (let i = 0; i < repetitions; i++) times.push(await timeUntilSeen(from, other));
		return { untilSeen: times, firstPaint: paints, plainPaint: plainPaints };
	} finally {
		await browser.close();
	}
}
