import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { type PreparedServer, withClient } from 'slipway';
import { startChromium } from 'slipway/test-helpers/chromium';
import { eventually } from 'slipway/test-helpers/eventually';
import { freePort } from 'slipway/test-helpers/free-port';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTab } from '../helpers/browser.ts';
import { migrations, type ServiceProcess, startService } from '../helpers/service-process.ts';

let server: PreparedServer;
let browser: Browser;
let service: ServiceProcess;
beforeAll(async () => {
	[server, browser] = await Promise.all([startTestDatabase({ migrations }), startChromium()]);
	service = await startService(server.app);
});
afterAll(async () => {
	await service[Symbol.asyncDispose]();
	await browser.close();
	await server[Symbol.asyncDispose]();
});

test('a hit in one tab is seen in others, also those of another process, and following counts nothing', async () => {
	await using replica = await startService(server.app);
	const first = await openTab(browser, service.address);
	const second = await openTab(browser, replica.address);
	await Promise.all([isLive(first.page), isLive(second.page)]);
	const visits = await countIn(second.page);
	await first.page.getByRole('button', { name: 'Count' }).click();
	await shows(first.page, visits + 1n);
	await shows(second.page, visits + 1n);
	expect(await first.page.locator('output').innerText()).toBe(`Yours is number ${visits + 1n}.`);

	const hits = Array.from({ length: 200 }, () => hit(replica.address));
	expect(Math.max(...(await Promise.all(hits)))).toBe(Number(visits) + 201);
	await shows(first.page, visits + 201n);
	await shows(second.page, visits + 201n);
	await eventually(async () => (await summaryIn(second.page)).startsWith(`Last hour: ${visits + 201n}.`));
	expect([...first.errors, ...second.errors]).toEqual([]);
});

test('a tab reconnects after its service restarts, and shows what was counted meanwhile', async () => {
	const environment = { PORT: String(await freePort()) };
	const stopped = await startService(server.app, environment);
	const { page } = await openTab(browser, stopped.address);
	await isLive(page);
	stopped.child.kill('SIGTERM');
	const { status, log } = await stopped.ended;
	expect(status).toBe(0);
	expect(log).not.toMatch(/"unanswered":[1-9]/);
	await page.getByText('Reconnecting').waitFor();
	const count = await hit(service.address);
	await using _ = await startService(server.app, environment);
	await shows(page, BigInt(count));
	await isLive(page);
});

test('with JavaScript off, the button counts once, and loading the page after it again does not', async () => {
	const { page } = await openTab(browser, service.address, { javaScriptEnabled: false });
	const visits = await countIn(page);
	await page.getByRole('button', { name: 'Count' }).click();
	await page.waitForURL('**/counter');
	expect(await countIn(page)).toBe(visits + 1n);
	await page.reload();
	expect(await countIn(page)).toBe(visits + 1n);
});

test('the largest number and an hour of hits fit a narrow phone, and nothing moves when the page updates', async () => {
	await withClient(server.app, async (sql) => {
		await sql`UPDATE counter SET value = ${String(2n ** 63n - 10n)} WHERE name = 'visits'`;
		await sql`
			INSERT INTO counter_minute (name, minute, hits)
			SELECT 'visits', date_trunc('minute', now()) - n * interval '1 minute', 1000000 * n
			FROM generate_series(1, 59) AS n ON CONFLICT DO NOTHING`;
	});
	const { page, errors } = await openTab(browser, 'about:blank', { viewport: { width: 320, height: 640 } });
	const sizes: Promise<number>[] = [];
	page.on('requestfinished', async (request) => {
		if (request.resourceType() !== 'eventsource') sizes.push(request.sizes().then(totalSize));
	});
	await page.goto(service.address);
	await isLive(page);
	const count = await countIn(page);
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await shows(page, count + 1n);
	await page.locator('output', { hasText: String(count + 1n) }).waitFor();
	expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
	expect(await page.evaluate(layoutShifts)).toEqual([]);
	expect((await page.locator('#bars').getAttribute('d'))?.match(/M/g)).toHaveLength(59);
	expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(20_000);
	expect(errors).toEqual([]);
});

test('axe finds nothing in light and dark colours', async () => {
	for (const colorScheme of ['light', 'dark'] as const) {
		const { page } = await openTab(browser, `${service.address}counter`, { colorScheme });
		await isLive(page);
		await page.evaluate(axe.source);
		const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults;
		expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
		expect(passes.map(({ id }) => id)).toContain('color-contrast');
	}
});

const layoutShifts = `new Promise((resolve) => {
	const observer = new PerformanceObserver((list) => resolve(list.getEntries().map(({ value }) => value)));
	observer.observe({ type: 'layout-shift', buffered: true });
	setTimeout(() => resolve([]), 200);
})`;

interface Sizes {
	readonly requestHeadersSize: number;
	readonly responseHeadersSize: number;
	readonly responseBodySize: number;
}

const totalSize = ({ responseHeadersSize, responseBodySize }: Sizes) =>
	responseHeadersSize + responseBodySize;

async function hit(address: string): Promise<number> {
	const response = await fetch(`${address}api/counter`, { method: 'POST' });
	return ((await response.json()) as { count: number }).count;
}

const isLive = (page: Page) => page.getByText('Live', { exact: true }).waitFor();

const shows = (page: Page, count: bigint) =>
	page.getByRole('heading', { name: `Counter: ${count}`, exact: true }).waitFor();

async function countIn(page: Page): Promise<bigint> {
	return BigInt((await page.getByRole('heading', { level: 1 }).innerText()).replace('Counter: ', ''));
}

const summaryIn = (page: Page) => page.locator('#summary').innerText();
