import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { parseFileName } from './file-name.ts';
import { printable } from './printable.ts';

/** Where a migration comes from, according to git. */
export interface Provenance {
	/** The commit that added the file, shortened. */
	readonly commit: string;
	readonly author: string;
	readonly date: string;
	/** The branch nearest to the commit; undefined if none contains it. */
	readonly branch: string | undefined;
}

/** Where migrations come from, by name, for those that git knows. */
export interface Provenances {
	readonly origins: ReadonlyMap<string, Provenance>;
	/** Why git refused to answer, with the fix. */
	readonly refused?: string;
}

/**
 * Where `names` come from, for those that git knows, on any branch. Empty without git or outside a
 * repository: messages then explain less, but that is not an error.
 */
export async function readProvenance(directory: string, names: readonly string[]): Promise<Provenances> {
	if (names.length === 0) return { origins: new Map() };
	const wanted = new Set(names);
	try {
		const additions = (await readAdditions(directory)).filter(({ name }) => wanted.has(name));
		const commits = additions.map(({ commit }) => commit);
		const branches = await readBranches(directory, commits).catch(() => new Map<string, string>());
		const entries = additions.map(
			({ name, commit, author, date }) =>
				[name, { commit: commit.slice(0, 12), author, date, branch: branches.get(commit) }] as const,
		);
		return { origins: new Map(entries) };
	} catch (error) {
		return { origins: new Map(), ...refusal(error as { stderr?: string }) };
	}
}

/** Git's message about a folder of another user contains this command in every language. */
function refusal({ stderr = '' }: { stderr?: string }): { refused?: string } {
	const fix = /git config --global --add safe\.directory .*/.exec(stderr)?.[0];
	if (fix === undefined) return {};
	return {
		refused: `their origin is unknown, because git does not trust a folder that belongs to another user. To trust it: ${fix}`,
	};
}

/** Undefined if no branch is checked out, or without git. */
export async function currentBranch(directory: string): Promise<string | undefined> {
	return await git(directory, ['symbolic-ref', '--short', '--quiet', 'HEAD']).then(
		(text) => text.trimEnd(),
		() => undefined,
	);
}

export function describeProvenance(provenance: Provenance | undefined): string[] {
	if (provenance === undefined) return [];
	const { commit, author, date, branch } = provenance;
	const addition = printable(`commit ${commit} by ${author}, ${date}`);
	return [
		branch === undefined ? `from ${addition}, which is on no branch` : `from branch ${branch}: ${addition}`,
	];
}

interface Addition {
	readonly name: string;
	readonly commit: string;
	readonly author: string;
	readonly date: string;
}

/** Oldest first, so that the latest addition of a file counts. */
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
			return (
				paths
					.map((path) => parseFileName(basename(path)))
					// The file that reverts a migration may have been added later, by another author.
					.filter(({ content }) => content !== 'down')
					.map(({ name }) => ({ name, commit, author, date }))
			);
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
