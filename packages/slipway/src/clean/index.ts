export { type Cleaned, clean, findLeftoverFiles, type Leftover } from './clean.ts';
export { erase } from './erase.ts';
