export { preflight } from './preflight.ts';
export { type Volume, volumeError } from './volume.ts';
