import {
	copyOver,
	createBranchDatabase,
	requireState,
	saveState,
	withDevData,
} from '../../../src/database/dev-data/index.ts';

const [operation, label] = process.argv.slice(2);
const { admin, settings } = JSON.parse(process.env.KILL_TARGET ?? '');

process.stdout.write('begins\n');
await withDevData(admin, settings.name, settings, async (data) => {
	const branch = { branch: `of ${label}`, checkout: 'here', cameFrom: settings.name };
	if (operation === 'branch')
		await createBranchDatabase(data, { ...branch, formerNames: [], migrations: undefined });
	else if (operation === 'save') await saveState(data, settings.name, 'one', { replace: true });
	else await copyOver(data, (await requireState(data, 'one')).name, settings.name);
});
process.stdout.write('ended\n');
