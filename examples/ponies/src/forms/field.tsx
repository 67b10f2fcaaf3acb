import type { Child, JSX } from 'hono/jsx';
import type { FieldErrors } from './valid-form.ts';

interface FieldProps {
	readonly name: string;
	readonly label: string;
	readonly errors?: FieldErrors;
	readonly hint?: string;
	readonly control: (attributes: JSX.IntrinsicElements['input']) => Child;
}

/** A control with its label, hint and error. */
export function Field({ name, label, errors = {}, hint, control }: FieldProps) {
	const wrong = errors[name]?.[0];
	const described = [hint && `${name}-hint`, wrong && `${name}-error`].filter(Boolean).join(' ');
	const attributes = {
		id: name,
		name,
		...(described && { 'aria-describedby': described }),
		...(wrong && { 'aria-invalid': 'true' as const }),
	};
	return (
		<div class="field">
			<label for={name}>{label}</label>
			{hint && <small id={`${name}-hint`}>{hint}</small>}
			{control(attributes)}
			{wrong && (
				<strong id={`${name}-error`} class="error">
					{wrong}
				</strong>
			)}
		</div>
	);
}
