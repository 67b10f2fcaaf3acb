export { cloneTemplate, databaseSize, dropDatabase, sealTemplate } from './template.ts';
