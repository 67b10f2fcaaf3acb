export { type AttachOptions, attachEmbedded, hasServer } from './attach.ts';
export { type EmbeddedOptions, startEmbedded } from './embedded.ts';
