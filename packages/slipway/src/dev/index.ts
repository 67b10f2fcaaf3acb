export {
	type BackgroundMessage,
	startInBackground,
	stopInBackground,
	waitForDevServer,
} from './background.ts';
export {
	listBranches,
	mergedBranches,
	onBranch,
	readCheckout,
	settingsInUse,
	usesBranches,
} from './branches/index.ts';
export { checkoutFiles, passFile } from './checkout-files.ts';
export { checkoutsFolder, listCheckouts } from './checkouts.ts';
export { type DevOptions, runDev } from './dev.ts';
export { applyMigrations, prepareDatabase, seedDatabase } from './prepare.ts';
export { findDevServer, notRunning, type RunningServer } from './running.ts';
export { serveInBackground, updateDatabase } from './serve.ts';
export { serverFiles, withAdminLogin, withDatabaseServer } from './server.ts';
export { finishUpgrade, upgradeDevData } from './upgrade.ts';
