/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'slipway/jest',
	globalSetup: 'slipway/jest/global-setup',
	preset: 'ts-jest',
};
