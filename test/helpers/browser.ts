import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

export interface Tab {
	readonly page: Page;
	/** Messages of the console that are errors, such as violations of the page's policy, and uncaught exceptions. */
	readonly errors: string[];
}

/** Opens a page with cookies and a cache of its own. It is closed when the test finishes. */
export async function openTab(
	browser: Browser,
	address: string,
	options?: BrowserContextOptions,
): Promise<Tab> {
	const context = await browser.newContext(options);
	onTestFinished(() => context.close());
	const page = await context.newPage();
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') errors.push(message.text());
	});
	await page.goto(address);
	return { page, errors };
}
