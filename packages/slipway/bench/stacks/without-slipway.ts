import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes an example project what it was before `slipway init`, except for the script "test". */
export function removeConfiguration(home: string): void {
	for (const file of globSync('{slipway,vitest}.config.*', { cwd: home })) rmSync(join(home, file));
	rmSync(join(home, '.mocharc.json'), { force: true });
	for (const file of globSync('jest.config.js', { cwd: home })) removeLines(join(home, file));
}

function removeLines(file: string): void {
	const lines = readFileSync(file, 'utf8').split('\n');
	writeFileSync(file, lines.filter((line) => !line.includes('slipway')).join('\n'));
}
