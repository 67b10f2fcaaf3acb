import pg from 'pg';

/**
 * A client that has had a query answered.
 *
 * @param {string | pg.ClientConfig} config
 */
export async function answers(config) {
	const client = new pg.Client(config);
	client.on('error', () => {}); // Its server may be stopped first.
	await client.connect();
	await client.query('SELECT 1');
	return client;
}
