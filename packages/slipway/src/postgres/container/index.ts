export { type ContainerOptions, startContainer } from './container.ts';
export { connectEngine, type Engine } from './engine.ts';
export { ensureImage, requestedImage } from './image.ts';
export { label } from './labels.ts';
export { isLeftContainer, removeLeftovers } from './leftovers.ts';
export { container } from './provider.ts';
export { eraseSnapshots, removeLostImages } from './snapshot-images.ts';
export { volumeUpgrades } from './upgrade.ts';
export { eraseForgotten, eraseVolumes } from './volume.ts';
