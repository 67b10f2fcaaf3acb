import { type TestAPI, test } from 'vitest';
import { keepsFileFixtures } from './vitest-version.ts';

/** vitest's `test`, whose fixtures see the `postgres` of a test that extends them. */
export const plain: TestAPI = keepsFileFixtures ? extendLayers([]) : test;

type Layer = Readonly<Record<string, unknown>>;
type Extend = (layer: Layer) => TestAPI;

/** A fixture keeps using those that it was defined with. So it is defined again with another `postgres`. */
function extendLayers(layers: readonly Layer[]): TestAPI {
	const extended = layers.reduce<TestAPI>((base, layer) => (base.extend as Extend)(layer), test);
	const extend: Extend = (layer) => {
		const [first, ...rest] = layers;
		// A value, because a function would be called once for all tests of the file.
		if (first === undefined) return extendLayers([{ ...layer, postgres: {} }]);
		if (!('postgres' in layer)) return extendLayers([...layers, layer]);
		const { postgres, ...others } = layer;
		return extendLayers([{ ...first, postgres }, ...rest, others]);
	};
	return Object.assign(layers.length === 0 ? {} : extended, { extend }) as TestAPI;
}
