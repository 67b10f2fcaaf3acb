import { listMigrations, listUnread, nameSome } from '../../database/migrations/index.ts';

/** Why nothing was applied, with what is in the folder and is not read: it may be what a person expects to be. */
export async function nothingPending(directory: string): Promise<string> {
	const [names, unread] = await Promise.all([listMigrations(directory), listUnread(directory)]);
	const what = names.length === 0 ? `there are no migrations in ${directory}` : 'nothing is pending';
	return unread.length === 0 ? what : `${what}; not read in ${directory}: ${nameSome(unread)}`;
}
