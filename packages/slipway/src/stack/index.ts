export { type Volume, volumeError } from './volume.ts';
