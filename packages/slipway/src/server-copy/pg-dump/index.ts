export { pgDump } from './pg-dump.ts';
