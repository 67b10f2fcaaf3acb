export { Restorer, type RestorerHost, tablesWorthRestoring } from './restorer.ts';
export { readSequences, restoreSequences } from './sequences.ts';
