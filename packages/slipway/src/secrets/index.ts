export { type Generated, type GenerateOptions, generateSecrets } from './generate.ts';
export { type Rotation, rotatePassword } from './rotate.ts';
export { setStackAdminPassword } from './stack-admin.ts';
