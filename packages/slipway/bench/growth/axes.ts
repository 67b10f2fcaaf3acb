import type { Conditions } from '../suite/conditions.ts';

type Size = Pick<Conditions, 'files' | 'tables' | 'seedMb'>;

export interface Axis {
	readonly title: string;
	readonly unit: string;
	readonly values: readonly number[];
	/** The size of the suite at this value. */
	sizeAt(value: number): Size;
}

/** What grows while the rest stays the same. */
export const axes = {
	files: {
		title: 'test files',
		unit: 'files',
		values: [10, 100, 400],
		sizeAt: (files) => ({ files, tables: 20, seedMb: 0 }),
	},
	tables: {
		title: 'tables, in 40 files',
		unit: 'tables',
		values: [20, 100, 300],
		sizeAt: (tables) => ({ files: 40, tables, seedMb: 0 }),
	},
	seed: {
		title: 'MB of seeded rows, in 40 files',
		unit: 'MB',
		values: [0, 100, 400],
		sizeAt: (seedMb) => ({ files: 40, tables: 20, seedMb }),
	},
} as const satisfies Record<string, Axis>;

export type AxisName = keyof typeof axes;
export const axisNames = Object.keys(axes) as AxisName[];
