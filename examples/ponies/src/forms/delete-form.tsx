import { Token } from '../session/forgery.tsx';

interface DeleteFormProps {
	readonly action: string;
	/** What is deleted, such as "this pony". */
	readonly what: string;
	readonly children: string;
}

/** Asks for confirmation without a script: the button is inside an element that has to be opened first. */
export function DeleteForm({ action, what, children }: DeleteFormProps) {
	return (
		<details>
			<summary>Delete {what}</summary>
			<form method="post" action={action}>
				<Token />
				<p>{children}</p>
				<button type="submit" class="danger">
					Delete {what} permanently
				</button>
			</form>
		</details>
	);
}
