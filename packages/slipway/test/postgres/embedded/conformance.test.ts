import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { startEmbedded } from '../../../src/postgres/index.ts';
import { testProvider } from '../provider-conformance.ts';

testProvider(() => startEmbedded());

test('it is configured to listen on 127.0.0.1 only', async () => {
	await using server = await startEmbedded();
	const [listening] = await withClient(server.admin, (sql) => sql`SHOW listen_addresses`);
	expect(listening).toEqual({ listen_addresses: '127.0.0.1' });
});
