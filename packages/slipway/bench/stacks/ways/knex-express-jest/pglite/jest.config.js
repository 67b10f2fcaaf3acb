/** @type {import('jest').Config} */
module.exports = {
	preset: 'ts-jest',
	setupFilesAfterEnv: ['./test/migrate.ts'],
	testTimeout: 60_000,
};
