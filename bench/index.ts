export { formatCounterFigures } from './counter/format.ts';
export { measureCounter } from './counter/measure.ts';
export { formatDevFigures } from './dev/format.ts';
export { measureDev } from './dev/measure.ts';
