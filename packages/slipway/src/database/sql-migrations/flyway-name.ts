import { compareNaturally, compareNumbers } from './natural-order.ts';

/** A file named as Flyway names migrations, with its default prefixes and separator. */
export interface FlywayName {
	/** Versioned, repeatable, undo, baseline. */
	readonly kind: 'V' | 'R' | 'U' | 'B';
	/** The numbers of the version; none if the migration is repeatable. */
	readonly version: readonly string[];
	readonly description: string;
}

/** Reads `V1_2__add_users.sql`, `R__views.sql`, `U1_2__add_users.sql` and `B2__base.sql`; undefined for others. */
export function parseFlywayName(file: string): FlywayName | undefined {
	const [, kind, version = '', description = ''] = pattern.exec(file) ?? [];
	if (kind === undefined || (kind === 'R') !== (version === '')) return undefined;
	return {
		kind: kind as FlywayName['kind'],
		version: version === '' ? [] : version.split(/[._]/),
		description: description.replaceAll('_', ' '),
	};
}

const pattern = /^([VRUB])(\d+(?:[._]\d+)*)?__(.*)\.[sS][qQ][lL]$/;

/** A callback, which Flyway runs before or after others rather than in the order of versions. */
export function isFlywayCallback(file: string): boolean {
	return /^(before|after)[A-Z][A-Za-z]*(__.*)?\.sql$/.test(file);
}

/** Missing numbers are zeros: 1 and 1.0 are the same version. */
export function compareVersions(a: readonly string[], b: readonly string[]): number {
	for (let index = 0; index < Math.max(a.length, b.length); index++) {
		const order = compareNumbers(a[index] ?? '0', b[index] ?? '0');
		if (order !== 0) return order;
	}
	return 0;
}

export const compareDescriptions = (a: FlywayName, b: FlywayName) =>
	compareNaturally(a.description, b.description);
