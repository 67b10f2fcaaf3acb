import { clean, findLeftoverFiles } from '../../clean/index.ts';
import { isLeftContainer, label } from '../../postgres/index.ts';
import type { Docker } from '../../stack/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';

/** What killed runs left behind, on this machine and on its container engine. */
export async function checkLeftovers({ root, docker }: DoctorContext): Promise<Finding[]> {
	const files = findLeftoverFiles(root).map(({ kind, name }) => `${kind} ${name}`);
	const containers = (await listLeft(docker)).map((name) => `container ${name}`);
	const [first, ...others] = [...files, ...containers];
	if (first === undefined) return [ok('killed runs left nothing behind')];
	return [
		{
			...warning(
				`killed runs left ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`,
				'Remove what no living process uses: npx slipway clean',
			),
			repair: async () => void (await clean(root)),
		},
	];
}

/** Asked of the command line, which is faster than to load the packages for the engine. */
async function listLeft(docker: Docker): Promise<string[]> {
	const format = ['{{.Names}}', '{{.State}}', '{{.CreatedAt}}', `{{.Label "${label.owner}"}}`].join('\t');
	const { stdout } = await docker('ps', '--all', `--filter=label=${label.owner}`, '--format', format);
	return stdout
		.split('\n')
		.map((line) => line.split('\t'))
		.filter(([, State = '', created = '', owner = '']) =>
			isLeftContainer({ State, Created: secondsOf(created), Labels: { [label.owner]: owner } }),
		)
		.map(([name = '']) => name);
}

/** From text such as `2026-11-29 13:10:02 +0000 UTC`. */
const secondsOf = (created: string) => Date.parse(created.replace(/ [A-Z]+$/, '')) / 1000;
