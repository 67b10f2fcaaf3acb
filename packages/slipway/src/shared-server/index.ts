export { checkServer } from './check-server.ts';
export { type SharedDatabase, startOnSharedServer } from './start.ts';
export { listDead, removeDead } from './sweep.ts';
