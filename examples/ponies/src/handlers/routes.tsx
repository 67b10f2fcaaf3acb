import { Hono } from 'hono';
import type { Database } from '../database/database.ts';
import type { Env } from '../session/session.ts';
import { type HandlerWithPonies, listHandlersWithPonies } from './store.ts';

export const handlerRoutes = (db: Database) =>
	new Hono<Env>().get('/', async (c) => {
		const handlers = await listHandlersWithPonies(db);
		return c.render(<HandlersPage handlers={handlers} />, { title: 'Handlers' });
	});

function HandlersPage({ handlers }: { handlers: readonly HandlerWithPonies[] }) {
	return (
		<>
			<p>Handlers are added with a pony, and removed with their last one.</p>
			<ul>
				{handlers.map(({ id, name, ponies }) => (
					<li>
						<a href={`/ponies?handler=${id}`}>{name}</a> ({ponies.length}):{' '}
						{ponies.map((pony) => pony.name).join(', ')}
					</li>
				))}
			</ul>
		</>
	);
}
