import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Where git has a migration from. */
export interface Provenance {
	/** The commit that added the file, shortened. */
	readonly commit: string;
	readonly author: string;
	readonly date: string;
	/** The branch that is nearest to the commit; undefined where none has it. */
	readonly branch: string | undefined;
}

/**
 * Where `names` come from, for those that git knows, on any branch. Empty where git is not there, or `directory` is
 * none of its own: that explains less, and is no fault.
 */
export async function readProvenance(
	directory: string,
	names: readonly string[],
): Promise<ReadonlyMap<string, Provenance>> {
	if (names.length === 0) return new Map();
	const wanted = new Set(names);
	const additions = (await readAdditions(directory).catch(() => [])).filter(({ name }) => wanted.has(name));
	const branches = await readBranches(
		directory,
		additions.map(({ commit }) => commit),
	).catch(() => new Map<string, string>());
	return new Map(
		additions.map(({ name, commit, author, date }) => [
			name,
			{ commit: commit.slice(0, 12), author, date, branch: branches.get(commit) },
		]),
	);
}

export function describeProvenance(provenance: Provenance | undefined): string[] {
	if (provenance === undefined) return [];
	const { commit, author, date, branch } = provenance;
	const where = branch === undefined ? 'no branch has it' : `branch ${branch}`;
	return [`from ${where}: commit ${commit} by ${author}, ${date}`];
}

interface Addition {
	readonly name: string;
	readonly commit: string;
	readonly author: string;
	readonly date: string;
}

/** The oldest first, so that of two the later one counts. */
async function readAdditions(directory: string): Promise<readonly Addition[]> {
	const format = '--format=%x00%H%x01%an%x01%ad';
	const log = ['log', '--all', '--reverse', '--no-renames', '--diff-filter=A', '--name-only', '--date=iso'];
	const text = await git(directory, ['-c', 'core.quotePath=false', ...log, format, '--', '.']);
	return text
		.split('\0')
		.slice(1)
		.flatMap((entry) => {
			const [head = '', ...paths] = entry.split('\n').filter((line) => line !== '');
			const [commit = '', author = '', date = ''] = head.split('\x01');
			return paths.map((path) => ({ name: basename(path, '.sql'), commit, author, date }));
		});
}

async function readBranches(directory: string, commits: readonly string[]): Promise<Map<string, string>> {
	if (commits.length === 0) return new Map();
	const refs = ['--refs=refs/heads/*', '--refs=refs/remotes/*'];
	const text = await git(directory, ['name-rev', ...refs, '--no-undefined', '--always', ...new Set(commits)]);
	return new Map(
		text
			.trimEnd()
			.split('\n')
			.map((line) => line.split(' '))
			.filter(([commit = '', name = '']) => !commit.startsWith(name))
			.map(([commit = '', name = '']) => [commit, name.replace(/^remotes\//, '').replace(/[~^].*$/, '')]),
	);
}

async function git(directory: string, args: readonly string[]): Promise<string> {
	const options = { cwd: directory, maxBuffer: 256 * 1024 * 1024 };
	return (await promisify(execFile)('git', args, options)).stdout;
}
