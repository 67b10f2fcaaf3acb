import type { Browser, Page } from 'playwright-core';

export async function openPage(browser: Browser, address: string): Promise<Page> {
	const page = await browser.newPage();
	await page.goto(address);
	await page.getByText('Live', { exact: true }).waitFor();
	return page;
}

/** Milliseconds from the navigation to the first content on the screen, in a browser without cookies and cache. */
export async function firstPaint(browser: Browser, address: string): Promise<number> {
	await using page = await browser.newPage();
	await page.goto(address);
	return await page.evaluate<number>(`new Promise((resolve) => {
		const observer = new PerformanceObserver((list) => {
			for (const { startTime } of list.getEntriesByName('first-contentful-paint')) resolve(startTime);
		});
		observer.observe({ type: 'paint', buffered: true });
	})`);
}

/** Milliseconds from a click in one tab to the new number in another. Both have the same clock. */
export async function timeUntilSeen(from: Page, other: Page): Promise<number> {
	const seen = other.evaluate<number>(`new Promise((resolve) => {
		const observer = new MutationObserver(() => {
			observer.disconnect();
			resolve(performance.timeOrigin + performance.now());
		});
		observer.observe(document.querySelector('h1'), { childList: true });
	})`);
	// Evaluated in order: the observer is there before the click.
	await other.evaluate('0');
	const clicked = await from.evaluate<number>(`(() => {
		const now = performance.timeOrigin + performance.now();
		document.querySelector('button').click();
		return now;
	})()`);
	return (await seen) - clicked;
}
