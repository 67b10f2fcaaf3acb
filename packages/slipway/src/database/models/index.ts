export {
	type CompareOptions,
	compareSchemas,
	type SchemaDifference,
	type ShadowDatabase,
} from './compare.ts';
export { readModels } from './files.ts';
export { loadModels } from './load.ts';
export { toMigrationText } from './migration-text.ts';
