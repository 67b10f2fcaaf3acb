import { copyOver, requireState, saveState, withDevData } from '../../../src/database/dev-data/index.ts';

const [operation, given = ''] = process.argv.slice(2);
const { admin, settings } = JSON.parse(given);

process.stdout.write('begins\n');
await withDevData(admin, settings.name, settings, async (data) => {
	if (operation === 'save') await saveState(data, settings.name, 'one', { replace: true });
	else await copyOver(data, (await requireState(data, 'one')).name, settings.name);
});
process.stdout.write('ended\n');
