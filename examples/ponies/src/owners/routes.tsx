import { type Context, Hono } from 'hono';
import type { Database } from '../database/database.ts';
import { catchViolations } from '../forms/constraints.ts';
import { idInPath } from '../forms/id.ts';
import { type FieldErrors, type FormText, validForm } from '../forms/valid-form.ts';
import { addMessage, type Env } from '../session/session.ts';
import { OwnersPage } from './page.tsx';
import { countByOwner, createOwner, deleteOwner, ownerConstraints, ownerForm } from './store.ts';

export function ownerRoutes(db: Database) {
	const show = async (c: Context<Env>, text: FormText = {}, errors: FieldErrors = {}) =>
		c.render(<OwnersPage owners={await countByOwner(db)} text={text} errors={errors} />, { title: 'Owners' });

	return new Hono<Env>()
		.get('/', (c) => show(c))
		.post('/', validForm(ownerForm, show), async (c) => {
			const owner = c.req.valid('form');
			const written = await catchViolations(ownerConstraints, () => createOwner(db, owner));
			if ('errors' in written) {
				c.status(409);
				return await show(c, owner, written.errors);
			}
			addMessage(c, `${owner.name} was added.`);
			return c.redirect('/owners', 303);
		})
		.post('/:id/delete', idInPath, async (c) => {
			const name = await deleteOwner(db, c.req.valid('param').id);
			if (name === undefined) return c.notFound();
			addMessage(c, `${name} was deleted.`);
			return c.redirect('/owners', 303);
		});
}
