export { cloneTemplate, dropDatabase, sealTemplate } from './template.ts';
