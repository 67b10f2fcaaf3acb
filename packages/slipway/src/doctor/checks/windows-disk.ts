import { readFileSync } from 'node:fs';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok } from '../finding.ts';

/** Under WSL, a disk of Windows has no Linux permissions, without which PostgreSQL does not start. */
export function checkWindowsDisk({ root }: Pick<DoctorContext, 'root'>, mounts = readMounts()): Finding[] {
	const mount = mountOf(root, mounts);
	if (mount === undefined || !/drvfs/.test(mount)) return [ok('the project is not on a disk of Windows')];
	return [
		error(
			`${root} is on a disk of Windows: files are slow there, chmod fails or has no effect, so that PostgreSQL refuses its data directory, and changes of files are not noticed`,
			'Move the project to the file system of WSL, such as a folder in ~: mv, or git clone.',
		),
	];
}

/** Empty where there is no such file, as on macOS. */
function readMounts(): string {
	try {
		return readFileSync('/proc/self/mounts', 'utf8');
	} catch {
		return '';
	}
}

/** The line of the file system that `path` is on: the last one mounted on the longest part of it. */
function mountOf(path: string, mounts: string): string | undefined {
	const lines = mounts.split('\n').map((line) => ({ line, target: unescapeOctal(line.split(' ')[1] ?? '') }));
	const above = lines.filter(
		({ target }) => target !== '' && `${path}/`.startsWith(target.replace(/\/?$/, '/')),
	);
	const longest = Math.max(...above.map(({ target }) => target.length));
	return above.findLast(({ target }) => target.length === longest)?.line;
}

/** The kernel writes spaces and the like as octal numbers. */
const unescapeOctal = (text: string) =>
	text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
