import { type NamedNode, namedNodeOf } from '../../detection/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';

/** Compares the Node that runs with the one that the project names, for itself and for CI. */
export function checkNode({ root }: DoctorContext): Finding[] {
	const version = process.versions.node;
	const named = namedNodeOf(root);
	if (named === undefined || fits(Number.parseInt(version, 10), named)) return [ok(`Node ${version}`)];
	return [
		warning(
			`this is Node ${version}, but ${named.file} names ${named.range}`,
			`Use that version, for example with nvm, or correct ${named.file}.`,
		),
	];
}

/** By the major version. Of a range that is not understood, every version fits. */
function fits(major: number, { range }: NamedNode): boolean {
	return range.split('||').some((part) => {
		const [, from] = /^\s*>=?\s*v?(\d+)/.exec(part) ?? [];
		const [, below] = /<\s*v?(\d+)/.exec(part) ?? [];
		if (from !== undefined || below !== undefined)
			return major >= Number(from ?? 0) && major < Number(below ?? Number.POSITIVE_INFINITY);
		const [, exact] = /^\s*[\^~=v]*(\d+)[\w.*-]*\s*$/.exec(part) ?? [];
		return exact === undefined || major === Number(exact);
	});
}
