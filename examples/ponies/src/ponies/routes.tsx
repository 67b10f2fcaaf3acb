import { zValidator } from '@hono/zod-validator';
import { type Context, Hono } from 'hono';
import type { Database } from '../database/database.ts';
import { catchViolations } from '../forms/constraints.ts';
import { id, idInPath } from '../forms/id.ts';
import { type FieldErrors, type FormText, validForm } from '../forms/valid-form.ts';
import { listHandlers } from '../handlers/store.ts';
import { listOwners } from '../owners/store.ts';
import { addMessage, type Env } from '../session/session.ts';
import { FormPage } from './form-page.tsx';
import { ListPage } from './list-page.tsx';
import { findPony, listPonies, ponyFilter } from './read.ts';
import { createPony, deletePony, type PonyForm, ponyConstraints, ponyForm, updatePony } from './write.ts';

export function ponyRoutes(db: Database) {
	const { showForm, save } = formsOf(db);
	const validPony = validForm(ponyForm, showForm);
	return new Hono<Env>()
		.get('/', zValidator('query', ponyFilter), async (c) => {
			const filter = c.req.valid('query');
			const [ponies, owners, handlers] = await Promise.all([
				listPonies(db, filter),
				listOwners(db),
				listHandlers(db),
			]);
			return c.render(<ListPage {...{ ponies, filter, owners, handlers }} />, { title: 'Ponies' });
		})
		.get('/new', (c) => showForm(c, {}))
		.post('/', validPony, (c) => save(c, c.req.valid('form'), (form) => createPony(db, form)))
		.get('/:id', idInPath, async (c) => {
			const pony = await findPony(db, c.req.valid('param').id);
			return pony === undefined ? c.notFound() : showForm(c, { ...pony, handlers: join(pony.handlers) });
		})
		.post('/:id', idInPath, validPony, (c) =>
			save(c, c.req.valid('form'), (form) => updatePony(db, c.req.valid('param').id, form)),
		)
		.post('/:id/delete', idInPath, async (c) => {
			const name = await deletePony(db, c.req.valid('param').id);
			if (name === undefined) return c.notFound();
			addMessage(c, `${name} was deleted.`);
			return c.redirect('/ponies', 303);
		});
}

const join = (handlers: readonly { readonly name: string }[]) => handlers.map(({ name }) => name).join(', ');

function formsOf(db: Database) {
	async function showForm(c: Context<Env>, text: FormText, errors: FieldErrors = {}) {
		const edited = id.safeParse(c.req.param('id')).data;
		const page = <FormPage id={edited} text={text} errors={errors} owners={await listOwners(db)} />;
		return c.render(page, { title: edited === undefined ? 'Add a pony' : 'Edit a pony' });
	}

	/** `write` returns undefined if the pony no longer exists. */
	async function save(
		c: Context<Env>,
		form: PonyForm,
		write: (form: PonyForm) => Promise<number | undefined>,
	) {
		const written = await catchViolations(ponyConstraints, () => write(form));
		if ('errors' in written) {
			c.status(409);
			return await showForm(c, { ...form, handlers: form.handlers.join(', ') }, written.errors);
		}
		if (written.result === undefined) return c.notFound();
		addMessage(c, `${form.name} was saved.`);
		return c.redirect('/ponies', 303);
	}

	return { showForm, save };
}
