import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { databaseTest } from 'slipway/vitest';
import { createApp } from '../src/app.tsx';
import { openDatabase } from '../src/database/database.ts';
import { findChromium } from './chromium.ts';

interface BrowserFixtures {
	/** The address of the service, which uses the test's own database. */
	site: string;
	/** Starts a server that answers every path with `html`. Its port makes it another origin. */
	serveElsewhere: (html: string) => Promise<string>;
	browser: Browser;
	/** A browser context with JavaScript off. */
	context: BrowserContext;
}

export const test = databaseTest.extend<BrowserFixtures>({
	site: async ({ pool }, use) => {
		const app = createApp({ db: openDatabase(pool), secretKey: 'a key of the tests', secureCookies: false });
		const server = await listen((request) => app.fetch(request));
		await use(server.address);
		await server.stop();
	},
	// biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that this one needs from the pattern.
	serveElsewhere: async ({}, use) => {
		const servers: Listening[] = [];
		await use(async (html) => {
			const headers = { 'Content-Type': 'text/html' };
			const server = await listen(() => new Response(html, { headers }));
			servers.push(server);
			return server.address;
		});
		for (const server of servers) await server.stop();
	},
	browser: [
		// biome-ignore lint/correctness/noEmptyPattern: see above.
		async ({}, use) => {
			// Chromium's sandbox refuses to run as root, the default user in containers.
			const chromiumSandbox = process.getuid?.() !== 0;
			const browser = await chromium.launch({ executablePath: findChromium(process.env), chromiumSandbox });
			await use(browser);
			await browser.close();
		},
		{ scope: 'file' },
	],
	context: async ({ browser }, use) => {
		const context = await browser.newContext({ javaScriptEnabled: false });
		context.setDefaultTimeout(10_000);
		await use(context);
		await context.close();
	},
});

interface Listening {
	readonly address: string;
	stop(): Promise<void>;
}

async function listen(fetch: (request: Request) => Response | Promise<Response>): Promise<Listening> {
	const { promise, resolve } = Promise.withResolvers<AddressInfo>();
	const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, resolve);
	const { port } = await promise;
	return {
		address: `http://127.0.0.1:${port}`,
		stop: async () => {
			if ('closeAllConnections' in server) server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
}
