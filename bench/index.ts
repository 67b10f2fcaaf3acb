export { formatCounterFigures } from './counter/format.ts';
export { measureCounter } from './counter/measure.ts';
export { measureDev } from './dev/measure.ts';
export { formatHostileFigures } from './hostile/format.ts';
export { measureHostile } from './hostile/measure.ts';
export { formatLiveFigures } from './live/figures.ts';
export { measureLive } from './live/measure.ts';
export { takeScreenshots } from './live/screenshots.ts';
export type { LoadBenchmark } from './load.ts';
