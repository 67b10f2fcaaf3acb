import { DeleteForm } from '../forms/delete-form.tsx';
import { Field } from '../forms/field.tsx';
import { Select } from '../forms/select.tsx';
import type { FieldErrors, FormText } from '../forms/valid-form.ts';
import { Token } from '../session/forgery.tsx';

interface FormPageProps {
	/** The pony to edit. Undefined for a new one. */
	readonly id: number | undefined;
	readonly text: FormText;
	readonly errors: FieldErrors;
	readonly owners: readonly { readonly id: number; readonly name: string }[];
}

export function FormPage({ id, ...form }: FormPageProps) {
	if (id === undefined) return <PonyFields {...form} action="/ponies" />;
	return (
		<>
			<PonyFields {...form} action={`/ponies/${id}`} />
			<DeleteForm action={`/ponies/${id}/delete`} what="this pony">
				This also deletes handlers who have no other pony.
			</DeleteForm>
		</>
	);
}

function PonyFields({ action, text, errors, owners }: Omit<FormPageProps, 'id'> & { action: string }) {
	return (
		<form method="post" action={action}>
			<Token />
			{Object.keys(errors).length > 0 && (
				<p role="alert" class="error">
					Nothing was saved. Correct the fields marked below.
				</p>
			)}
			<Field
				name="name"
				label="Name"
				errors={errors}
				control={(attributes) => <input {...attributes} value={text.name ?? ''} required maxlength={80} />}
			/>
			<Field
				name="owner_id"
				label="Owner"
				errors={errors}
				control={({ id, name, ...aria }) => (
					<Select
						id={id}
						name={name}
						{...aria}
						none="Choose…"
						options={owners}
						chosen={text.owner_id}
						required
					/>
				)}
			/>
			<Field
				name="born"
				label="Born"
				hint="A year, such as 2020"
				errors={errors}
				control={(attributes) => (
					<input {...attributes} value={text.born ?? ''} inputmode="numeric" required />
				)}
			/>
			<Field
				name="handlers"
				label="Handlers"
				hint="Names, separated by commas. Handlers without ponies are removed."
				errors={errors}
				control={(attributes) => <input {...attributes} value={text.handlers ?? ''} />}
			/>
			<button type="submit">Save</button> <a href="/ponies">Cancel</a>
		</form>
	);
}
