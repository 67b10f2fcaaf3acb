export { createMigration } from './create.ts';
export { refuseDivergence } from './divergence.ts';
export { type MigrateDownOptions, migrateDown } from './down.ts';
export { listMigrations, type MigrationFile, readMigrationFiles } from './files.ts';
export { type MigrationState, type MigrationStatus, migrationStatus, pendingMigrations } from './status.ts';
export { type MigrateOptions, migrateUp } from './up.ts';
