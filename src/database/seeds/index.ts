export { runSeeds, type SeedOptions } from './run.ts';
export { applySeeds, readSeeds, type Seed } from './seeds.ts';
