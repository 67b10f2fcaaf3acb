export { type ContainerOptions, startContainer } from './container.ts';
export { connectEngine, type Engine } from './engine.ts';
export { ensureImage } from './image.ts';
export { type Removed, removeLeftovers } from './leftovers.ts';
export { findContainer } from './lent.ts';
export { eraseSnapshots, removeLostImages } from './snapshot-images.ts';
export { containerIdentity, containerSnapshots } from './snapshot-store.ts';
export { eraseForgotten, eraseVolumes } from './volume.ts';
