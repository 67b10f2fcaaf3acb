import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { test } from './fixtures.ts';

test('a pony is added, edited and deleted with JavaScript off', async ({ site, context }) => {
	const page = await context.newPage();
	await addOwner(page, site, 'Ada');
	await page.goto(`${site}/ponies/new`);
	await save(page, { Name: 'Biscuit', Born: '2015', Handlers: 'Kim, Lee' });
	expect(await page.getByRole('status').innerText()).toBe('Biscuit was saved.');
	expect(await rowsOf(page)).toEqual(['Biscuit 2015 Ada Kim, Lee']);

	await page.getByRole('link', { name: 'Biscuit' }).click();
	await save(page, { Born: '2016', Handlers: 'Lee' });
	expect(await rowsOf(page)).toEqual(['Biscuit 2016 Ada Lee']);

	await page.getByRole('link', { name: 'Biscuit' }).click();
	await page.getByText('Delete this pony', { exact: true }).click();
	await page.getByRole('button', { name: 'Delete this pony permanently' }).click();
	expect(await page.getByRole('status').innerText()).toBe('Biscuit was deleted.');
	expect(await rowsOf(page)).toEqual([]);
	await page.getByRole('link', { name: 'Handlers' }).click();
	expect(await page.getByRole('listitem').count()).toBe(0);
});

test('an invalid form is shown again with an error at each field', async ({ site, context }) => {
	const page = await context.newPage();
	await addOwner(page, site, 'Ada');
	await page.goto(`${site}/ponies/new`);
	await save(page, { Name: 'Biscuit', Born: 'last year' });
	expect(await page.getByRole('alert').innerText()).toContain('Nothing was saved');
	expect(await page.locator('#born-error').innerText()).toBe('Enter a year, such as 2020.');
	expect(await page.getByLabel('Name').inputValue()).toBe('Biscuit');
});

test('a forged form from another origin is refused', async ({ site, serveElsewhere, context }) => {
	const page = await context.newPage();
	await page.goto(`${site}/owners`);
	const token = await page.locator('input[name=token]').first().inputValue();
	// Another port is the same site for SameSite, so the browser sends the cookie. The form also has the token.
	const forged = await serveElsewhere(`
		<form method="post" action="${site}/owners">
			<input name="token" value="${token}"><input name="name" value="Eve"><button>Win a pony</button>
		</form>`);
	await page.goto(forged);
	await page.getByRole('button', { name: 'Win a pony' }).click();
	expect(await page.getByRole('heading').innerText()).toBe('Error 403');
	await page.goto(`${site}/owners`);
	expect(await page.getByText('Eve').count()).toBe(0);
	await addOwner(page, site, 'Ada');
});

test.for(['light', 'dark'] as const)(
	'the pages pass the checks of axe in %s colours',
	async (colorScheme, { site, browser, expect }) => {
		// axe is a script, and the pages' policy forbids scripts.
		const context = await browser.newContext({ colorScheme, bypassCSP: true });
		const page = await context.newPage();
		await addOwner(page, site, 'Ada');
		await page.goto(`${site}/ponies/new`);
		await save(page, { Name: 'Biscuit', Born: 'last year' });
		expect(await violationsOf(page), 'an invalid form').toEqual([]);
		await save(page, { Born: '2015', Handlers: 'Kim' });
		for (const path of ['/ponies', '/ponies/1', '/owners', '/handlers']) {
			await page.goto(site + path);
			expect(await violationsOf(page), path).toEqual([]);
		}
		await context.close();
	},
);

async function addOwner(page: Page, site: string, name: string): Promise<void> {
	await page.goto(`${site}/owners`);
	await save(page, { Name: name });
	expect(await page.getByRole('status').innerText()).toBe(`${name} was added.`);
}

/** Fills in the fields with these labels, selects the owner if there is a list, and saves. */
async function save(page: Page, fields: Record<string, string>): Promise<void> {
	for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
	const owner = page.getByLabel('Owner');
	if ((await owner.count()) > 0) await owner.selectOption('Ada');
	await page.getByRole('button', { name: 'Save' }).click();
}

/** The text of each row of the table. */
async function rowsOf(page: Page): Promise<readonly string[]> {
	const rows = await page.locator('tbody tr').allInnerTexts();
	return rows.map((text) => text.split(/\s+/).join(' '));
}

/** The violations that axe finds, with their elements. */
async function violationsOf(page: Page): Promise<readonly string[]> {
	await page.addScriptTag({ content: axe.source });
	const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
}
