export { type AttachOptions, attachEmbedded, hasServer } from './attach.ts';
export { type EmbeddedOptions, startEmbedded } from './embedded.ts';
export type { ServerSettings } from './server-settings.ts';
export { embeddedIdentity, embeddedSnapshots } from './snapshot-store.ts';
