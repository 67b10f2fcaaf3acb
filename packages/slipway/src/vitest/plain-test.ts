import { type TestAPI, test } from 'vitest';
import { vitestVersion } from './vitest-version.ts';

/** vitest's `test`, whose fixtures see the `postgres` of a test that extends them. */
export const plain: TestAPI = vitestVersion.startsWith('3.') ? extendLayers([]) : test;

type Layer = Readonly<Record<string, unknown>>;
type Extend = (layer: Layer) => TestAPI;

/** In vitest 3 a fixture keeps using those that it was defined with. So it is defined again with another `postgres`. */
function extendLayers(layers: readonly Layer[]): TestAPI {
	const extended = layers.reduce<TestAPI>((base, layer) => (base.extend as Extend)(layer), test);
	const extend: Extend = (layer) => {
		const [first, ...rest] = layers;
		// A value, because vitest 3 would call a function once for all tests of the file.
		if (first === undefined) return extendLayers([{ ...layer, postgres: {} }]);
		if (!('postgres' in layer)) return extendLayers([...layers, layer]);
		const { postgres, ...others } = layer;
		return extendLayers([{ ...first, postgres }, ...rest, others]);
	};
	return Object.assign(layers.length === 0 ? {} : extended, { extend }) as TestAPI;
}
