import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Fills `folder` with `count` migrations: the one in `base`, and typical migrations of a growing service. */
export function writeMigrations(folder: string, base: string, count: number): void {
	cpSync(base, folder, { recursive: true });
	for (let number = 2; number <= count; number++) {
		const name = `29990101${String(number).padStart(9, '0')}_step-${number}.sql`;
		writeFileSync(join(folder, name), number % 2 === 0 ? tableOf(number) : columnOf(number));
	}
}

const tableOf = (number: number) => `-- Up Migration
CREATE TABLE thing_${number} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
-- Down Migration
DROP TABLE thing_${number};
`;

const columnOf = (number: number) => `-- Up Migration
ALTER TABLE thing_${number - 1} ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
-- Down Migration
ALTER TABLE thing_${number - 1} DROP COLUMN changed_at;
`;
