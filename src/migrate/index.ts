export { migrateCommand } from './command.ts';
