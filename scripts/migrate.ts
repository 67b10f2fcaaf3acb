import { run } from './slipway.ts';

await run('migrate');
