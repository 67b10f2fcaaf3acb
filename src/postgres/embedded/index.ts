export { type EmbeddedOptions, startEmbedded } from './embedded.ts';
