export {
	cloneTemplate,
	connectionLimit,
	copyDatabaseAccess,
	databaseSize,
	dropDatabase,
	sealTemplate,
} from './template.ts';
