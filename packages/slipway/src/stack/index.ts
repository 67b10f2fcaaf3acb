export { type Volume, volumeFault } from './volume.ts';
