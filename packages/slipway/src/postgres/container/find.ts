import { withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type PostgresServer, unmanaged } from '../postgres-server.ts';
import { connectEngine } from './engine.ts';
import { superuserConnection } from './superuser.ts';
import { portOf, readVolume } from './volume.ts';

/** The server that another process runs on the volume of `directory`; undefined if it does not answer yet. */
export async function findContainer(directory: string): Promise<PostgresServer | undefined> {
	const volume = readVolume(directory);
	if (volume === undefined) return undefined;
	const engine = await connectEngine();
	const port = await portOf(engine, volume.name);
	if (port === undefined) return undefined;
	const admin = superuserConnection(engine.host, port, volume);
	try {
		await withClient(admin, async () => {});
		return unmanaged(admin);
	} catch (error) {
		if (error instanceof SlipwayError) return undefined;
		throw error;
	}
}
