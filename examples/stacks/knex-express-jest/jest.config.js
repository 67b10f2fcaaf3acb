/** @type {import('jest').Config} */
module.exports = {
	preset: 'ts-jest',
	testEnvironment: 'slipway/jest',
	globalSetup: 'slipway/jest/global-setup',
};
