export { type ComposeConfig, readCompose } from './compose.ts';
export { askEngine, type Docker, dockerIn } from './docker.ts';
export { preflight } from './preflight.ts';
export { finishStackUpgrade, upgradeStackData } from './upgrade.ts';
export { type Volume, volumeError } from './volume.ts';
