/** @type {import('jest').Config} */
module.exports = {
	preset: 'ts-jest',
	testEnvironment: './test/container-environment.js',
	testTimeout: 60_000,
};
