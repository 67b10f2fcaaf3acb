import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { connectEngine, eraseVolumes, providers, startContainer } from '../../../src/postgres/index.ts';
import { copyServer } from '../../../src/server-copy/index.ts';
import { projectRoot } from '../../helpers/child-process.ts';
import { describeWithEngine, image } from '../../helpers/engine.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { buildOldImage } from './old-image.ts';

const { upgrades } = providers.container;

describeWithEngine('data in a volume', () => {
	test('is moved to another version within the volume, and kept beside it until the end', async () => {
		const fromImage = await buildOldImage(17);
		const directory = temporaryDirectory();
		onTestFinished(async () => void (await eraseVolumes(await connectEngine(), directory)));
		const start = (name: string) => startContainer({ image: name, directory, command: 'the test' });
		const read = async (name: string) => {
			await using server = await start(name);
			return await withClient(server.admin, (sql) => sql`SELECT text FROM note`);
		};
		const old = await start(fromImage);
		await withClient(old.admin, (sql) => sql.unsafe("CREATE TABLE note AS SELECT 'kept' AS text"));
		await old.stop();
		await expect(start(image)).rejects.toMatchObject({
			code: 'data-directory-version',
			hint: expect.stringContaining('npx slipway db upgrade'),
		});
		expect(await upgrades.versionOf(directory, image)).toBe(17);

		const options = { from: 17, to: 18, fromImage, toImage: image, command: 'the test' } as const;
		{
			await using abandoned = await upgrades.start(directory, options);
			await withClient(abandoned.to.admin, (sql) => sql.unsafe('CREATE TABLE note (text text)'));
		}
		expect([...(await read(fromImage))]).toEqual([{ text: 'kept' }]);

		{
			await using servers = await upgrades.start(directory, options);
			const logins = { from: servers.from.admin, to: servers.to.admin };
			await copyServer({ ...logins, project: projectRoot, report: () => {} });
			expect(await servers.publish()).toMatch(/^17\/docker of the volume slipway-/);
		}
		expect([...(await read(image))]).toEqual([{ text: 'kept' }]);
		expect(await upgrades.versionOf(directory, image)).toBe(18);
		await expect(upgrades.finish(directory, { image: fromImage })).rejects.toMatchObject({
			code: 'old-data-in-use',
			message: 'the settings use PostgreSQL 17, whose data an upgrade to 18 has kept',
		});
		expect(await upgrades.finish(directory, { image })).toEqual([
			{ kind: 'folder', name: expect.stringMatching(/^17\/docker of the volume/) },
		]);
		expect([...(await read(image))]).toEqual([{ text: 'kept' }]);
	});
});
