import { run } from './slipway.ts';

await run('preflight');
