import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pgDiff from 'pg-diff-api';
import { write } from './write.mjs';

await write(async (current, desired) => {
	const outputDirectory = await mkdtemp(join(tmpdir(), 'slipway-pg-diff-'));
	try {
		const file = await new pgDiff.PgDiff({
			targetClient: toClient(current),
			sourceClient: toClient(desired),
			compareOptions: {
				outputDirectory,
				author: 'bench',
				getAuthorFromGit: false,
				schemaCompare: {
					namespaces: ['public'],
					dropMissingTable: true,
					dropMissingView: true,
					dropMissingFunction: true,
					dropMissingAggregate: true,
					roles: ['reader'],
				},
				dataCompare: { enable: false, tables: [] },
			},
			migrationOptions: {},
		}).compare('diff');
		return file ? [await readFile(file, 'utf8')] : [];
	} finally {
		await rm(outputDirectory, { recursive: true });
	}
});

function toClient(url) {
	const { hostname, port, username, password, pathname } = new URL(url);
	return {
		host: hostname,
		port: Number(port),
		user: username,
		password: decodeURIComponent(password),
		database: pathname.slice(1),
		applicationName: 'bench',
	};
}
