import { join } from 'node:path';
import { type Connection, startPostgres, withClient } from 'slipway';
import { startChromium } from 'slipway/test-helpers/chromium';
import { startTarget } from '../counter/targets.ts';

/** Writes counter-light.png and counter-dark.png to `folder`. They show an hour of made-up hits. */
export async function takeScreenshots(migrations: string, folder: string): Promise<void> {
	await using server = await startPostgres({ migrations });
	await addHits(server.app);
	await using service = await startTarget('service', server.app);
	const browser = await startChromium();
	try {
		for (const colorScheme of ['light', 'dark'] as const) {
			const page = await browser.newPage({ colorScheme, viewport: { width: 720, height: 600 } });
			await page.goto(`${service.address}counter`);
			await page.getByText('Live', { exact: true }).waitFor();
			await page.screenshot({ path: join(folder, `counter-${colorScheme}.png`) });
		}
	} finally {
		await browser.close();
	}
}

/** Waves, the same in every picture. */
async function addHits(app: Connection): Promise<void> {
	await withClient(app, async (sql) => {
		await sql`
			INSERT INTO counter_minute (name, minute, hits)
			SELECT 'visits', date_trunc('minute', now()) - n * interval '1 minute',
				round(220 + 120 * sin(n / 7.0) + 40 * sin(n * 2.3) + 20 * sin(n * 5.1))
			FROM generate_series(-1, 59) AS n`;
		await sql`UPDATE counter SET value = 48213 WHERE name = 'visits'`;
	});
}
