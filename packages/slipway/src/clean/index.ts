export { type Cleaned, clean, type Leftover } from './clean.ts';
export { erase } from './erase.ts';
