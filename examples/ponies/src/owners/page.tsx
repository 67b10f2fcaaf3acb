import { DeleteForm } from '../forms/delete-form.tsx';
import { Field } from '../forms/field.tsx';
import type { FieldErrors, FormText } from '../forms/valid-form.ts';
import { Token } from '../session/forgery.tsx';
import type { OwnerCounts } from './store.ts';

interface OwnersPageProps {
	readonly owners: readonly OwnerCounts[];
	readonly text: FormText;
	readonly errors: FieldErrors;
}

export function OwnersPage({ owners, text, errors }: OwnersPageProps) {
	return (
		<>
			<table>
				<thead>
					<tr>
						<th scope="col">Name</th>
						<th scope="col">Ponies</th>
						<th scope="col">Handlers</th>
						<th scope="col">Delete</th>
					</tr>
				</thead>
				<tbody>
					{owners.map((owner) => (
						<OwnerLine {...owner} />
					))}
				</tbody>
			</table>
			<h2>Add an owner</h2>
			<form method="post">
				<Token />
				<Field
					name="name"
					label="Name"
					errors={errors}
					control={(attributes) => <input {...attributes} value={text.name ?? ''} required maxlength={80} />}
				/>
				<button type="submit">Save</button>
			</form>
		</>
	);
}

function OwnerLine({ id, name, ponies, handlers }: OwnerCounts) {
	return (
		<tr>
			<th scope="row">
				<a href={`/ponies?owner=${id}`}>{name}</a>
			</th>
			<td>{ponies}</td>
			<td>{handlers}</td>
			<td>
				<DeleteForm action={`/owners/${id}/delete`} what={name}>
					This also deletes the owner's ponies, and handlers who have no other pony.
				</DeleteForm>
			</td>
		</tr>
	);
}
