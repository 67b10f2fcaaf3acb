export {
	cloneTemplate,
	copyDatabaseAccess,
	databaseSize,
	dropDatabase,
	sealTemplate,
} from './template.ts';
