/** One line for each link: its title and its URL. `links` are relative to `address`. */
export function formatLinks(links: Readonly<Record<string, string>>, address: string): string[] {
	const width = Math.max(0, ...Object.keys(links).map((title) => title.length));
	return Object.entries(links).map(([title, link]) => `${title.padEnd(width)}  ${new URL(link, address)}`);
}
