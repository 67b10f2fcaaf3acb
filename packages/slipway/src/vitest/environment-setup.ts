import { afterEach } from 'vitest';
import { hintAtRefusals } from './environment-denials.ts';
import { enterEnvironment } from './environment-server.ts';

// The first setup file of each project: an application that reads DATABASE_URL when it is imported finds it set.
await enterEnvironment(process.env);
afterEach(({ task }) => hintAtRefusals(task));
