import { startPostgres } from 'slipway';

/** A server for all tests of the run. Like that of the tests on Slipway, it does without fsync. */
export const startSharedServer = () => startPostgres({ migrations: 'migrations', seed: 'seed.sql' });

/** The options of postgres.js for a login. */
export const optionsOf = ({ host, port, username, password, database }) => ({
	...{ host, port, username, password, database },
	max: 5,
	onnotice() {},
});
