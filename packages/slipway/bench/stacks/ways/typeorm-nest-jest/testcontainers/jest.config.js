/** @type {import('jest').Config} */
module.exports = {
	preset: 'ts-jest',
	testEnvironment: './test/container-environment.js',
	setupFilesAfterEnv: ['./test/migrate.ts'],
	testTimeout: 60_000,
};
