export { readSqlMigrations, type SqlMigration } from './read.ts';
export { type RunSqlOptions, runSqlMigrations } from './run.ts';
