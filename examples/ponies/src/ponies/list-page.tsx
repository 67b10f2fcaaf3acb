import { Field } from '../forms/field.tsx';
import { Select } from '../forms/select.tsx';
import type { Pony, PonyFilter } from './read.ts';

type Named = { readonly id: number; readonly name: string };

interface ListPageProps {
	readonly ponies: readonly Pony[];
	readonly filter: PonyFilter;
	readonly owners: readonly Named[];
	readonly handlers: readonly Named[];
}

export function ListPage({ ponies, filter, owners, handlers }: ListPageProps) {
	return (
		<>
			<p>
				<a href="/ponies/new">Add a pony</a>
			</p>
			<FilterForm filter={filter} owners={owners} handlers={handlers} />
			{ponies.length === 0 ? <p>No pony matches.</p> : <PonyTable ponies={ponies} />}
		</>
	);
}

const orders = [
	{ id: 'name', name: 'Name' },
	{ id: 'youngest', name: 'Youngest first' },
	{ id: 'handlers', name: 'Most handlers first' },
];

function FilterForm({ filter, owners, handlers }: Omit<ListPageProps, 'ponies'>) {
	return (
		<form method="get" class="filter">
			<Field
				name="owner"
				label="Owner"
				control={(attributes) => (
					<Select {...attributes} none="Anyone" options={owners} chosen={filter.owner} />
				)}
			/>
			<Field
				name="handler"
				label="Handler"
				control={(attributes) => (
					<Select {...attributes} none="Anyone" options={handlers} chosen={filter.handler} />
				)}
			/>
			<Field
				name="order"
				label="Order"
				control={(attributes) => <Select {...attributes} options={orders} chosen={filter.order} />}
			/>
			<button type="submit">Show</button>
		</form>
	);
}

function PonyTable({ ponies }: { ponies: readonly Pony[] }) {
	return (
		<table>
			<thead>
				<tr>
					<th scope="col">Name</th>
					<th scope="col">Born</th>
					<th scope="col">Owner</th>
					<th scope="col">Handlers</th>
				</tr>
			</thead>
			<tbody>
				{ponies.map(({ id, name, born, owner, handlers }) => (
					<tr>
						<th scope="row">
							<a href={`/ponies/${id}`}>{name}</a>
						</th>
						<td>{born}</td>
						<td>{owner}</td>
						<td>{handlers.map((handler) => handler.name).join(', ') || '–'}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
