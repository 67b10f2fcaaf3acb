export { Restorer, type RestorerHost, tablesWorthRestoring } from './restorer.ts';
