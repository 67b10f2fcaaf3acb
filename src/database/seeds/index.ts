export { applySeeds, readSeeds, type Seed } from './seeds.ts';
