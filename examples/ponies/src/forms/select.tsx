import type { JSX } from 'hono/jsx';

interface SelectProps {
	readonly options: readonly { readonly id: number | string; readonly name: string }[];
	readonly chosen: number | string | undefined;
	/** The label of the empty option. */
	readonly none?: string;
}

export function Select({
	options,
	chosen,
	none,
	...attributes
}: SelectProps & JSX.IntrinsicElements['select']) {
	return (
		<select {...attributes}>
			{none !== undefined && <option value="">{none}</option>}
			{options.map(({ id, name }) => (
				<option value={String(id)} selected={String(id) === String(chosen)}>
					{name}
				</option>
			))}
		</select>
	);
}
