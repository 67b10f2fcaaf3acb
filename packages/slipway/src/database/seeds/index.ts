export { readSeedFolder, readSeeds, type Seed, type SqlSeed } from './read.ts';
export { runSeeds } from './run.ts';
