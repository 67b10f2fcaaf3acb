import { createClient } from '@pgkit/client';
import { Migration } from '@pgkit/migra';
import { write } from './write.mjs';

await write(async (current, desired) => {
	const migration = await Migration.create(createClient(current), createClient(desired), {});
	migration.set_safety(false);
	migration.add_all_changes(true);
	return [...migration.statements];
});
