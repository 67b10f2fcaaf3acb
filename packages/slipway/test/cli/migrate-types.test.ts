import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, slipway } from './project.ts';

test('"migrate types" writes the row types of a project without Biome, too', async () => {
	const project = makeProject({ 'src/main.ts': '' });
	const types = () => slipway(project, ['migrate', 'types']);
	const check = () => slipway(project, ['migrate', 'types', '--check']);
	expect(await check()).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('src/rows.ts is out of date with the migrations'),
	});
	expect(await types()).toMatchObject({ status: 0 });
	expect(readFileSync(join(project, 'src/rows.ts'), 'utf8')).toMatch(
		/\n\nexport interface NoteRow \{\n\treadonly text: string \| null;\n\}\n$/,
	);
	expect(await check()).toMatchObject({ status: 0 });
});
