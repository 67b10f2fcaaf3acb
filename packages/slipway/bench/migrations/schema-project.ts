import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with `migrations`, models equal to them in `same`, and models ahead of them in `ahead`. */
export interface SchemaProject {
	readonly name: string;
	readonly folder: string;
}

/** The counter's schema; ahead of it, one more column. */
export function writeCounter(folder: string, root: string): SchemaProject {
	const same = readFileSync(join(root, 'src/counter/schema.sql'), 'utf8');
	prepareFolder(folder);
	cpSync(join(root, 'migrations'), join(folder, 'migrations'), { recursive: true });
	writeModels(folder, 'same', { counter: same });
	writeModels(folder, 'ahead', {
		counter: same.replace(/CREATE TABLE counter \(/, '$&\n\tadded_by_the_bench text,'),
	});
	return { name: "the counter's schema", folder };
}

const features = 20;
const tablesOfFeature = 10;

/** A migration that creates 200 tables with indexes and references; ahead of it, five changes. */
export function writeManyTables(folder: string): SchemaProject {
	const names = Array.from(
		{ length: features },
		(_, index) => `feature_${String(index + 1).padStart(2, '0')}`,
	);
	const same = Object.fromEntries(names.map((name, index) => [name, tables(index)]));
	prepareFolder(folder);
	writeFileSync(
		join(folder, 'migrations/1_make-tables.sql'),
		`-- Up Migration\n${Object.values(same).join('\n')}`,
	);
	writeModels(folder, 'same', same);
	writeModels(folder, 'ahead', { ...same, ...changed(same) });
	return { name: `${features * tablesOfFeature} tables`, folder };
}

function tables(feature: number): string {
	return Array.from({ length: tablesOfFeature }, (_, index) =>
		table(feature * tablesOfFeature + index + 1),
	).join('\n');
}

const table = (number: number) => `CREATE TABLE thing_${number} (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	before bigint REFERENCES thing_${number === 1 ? 1 : number - 1} ON DELETE CASCADE
);
CREATE INDEX thing_${number}_created_at ON thing_${number} (created_at DESC);
`;

function changed(models: Readonly<Record<string, string>>): Record<string, string> {
	const { feature_01 = '', feature_02 = '' } = models;
	return {
		feature_01: feature_01
			.replace('CREATE TABLE thing_5 (', '$&\n\tnote text,')
			.replace('thing_7 (created_at DESC)', 'thing_7 (created_at)'),
		feature_02: feature_02.replace('numeric(12, 2)', 'numeric(14, 2)'),
		feature_21: `CREATE TABLE added (id int PRIMARY KEY, thing bigint NOT NULL REFERENCES thing_1);
			CREATE VIEW named AS SELECT id, name FROM thing_9;`,
	};
}

/** Its own `node_modules`, which stores snapshots, keeps those of the checkout unchanged. */
function prepareFolder(folder: string): void {
	for (const name of ['migrations', 'node_modules']) mkdirSync(join(folder, name), { recursive: true });
}

function writeModels(folder: string, name: string, models: Readonly<Record<string, string>>): void {
	for (const [feature, text] of Object.entries(models)) {
		mkdirSync(join(folder, name, feature), { recursive: true });
		writeFileSync(join(folder, name, feature, 'schema.sql'), text);
	}
}
