export { type Finding, lintMigrations, refuseFindings } from './lint.ts';
