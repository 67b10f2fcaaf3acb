export { preflight } from './preflight.ts';
export { type Volume, volumeFault } from './volume.ts';
