import { Gauge, type Registry } from 'prom-client';
import type { MigrationState, MigrationStatus } from 'slipway';
import { UnavailableError } from '../database/unavailable-error.ts';

const states: readonly MigrationState[] = [
	'applied',
	'pending',
	'edited',
	'missing',
	'newer',
	'out-of-order',
	'inconsistent',
];

/** Asks the database when it is asked for. Without an answer, there is no value. */
export function reportMigrations(
	registry: Registry,
	readMigrations: () => Promise<readonly MigrationStatus[]>,
): void {
	new Gauge({
		name: 'database_migrations',
		help: 'Migrations by state, as scripts/migrate status shows them. Absent while the database does not respond.',
		labelNames: ['state'],
		registers: [registry],
		async collect() {
			this.reset();
			try {
				const migrations = await readMigrations();
				for (const state of states)
					this.set({ state }, migrations.filter((each) => each.state === state).length);
			} catch (error) {
				if (!(error instanceof UnavailableError)) throw error;
			}
		},
	});
}
