export { type BootstrapOptions, bootstrapDatabase } from './bootstrap.ts';
export type { Change } from './change.ts';
