import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { hasCode, SlipwayError } from '../../errors.ts';

const run = promisify(execFile);
const branchPrefix = 'refs/heads/';

/** The branch that is checked out in `root`; undefined with a detached HEAD, as during a rebase. */
export async function currentBranch(root: string): Promise<string | undefined> {
	const [head] = await git(root, ['symbolic-ref', '--quiet', 'HEAD'], [1]);
	return head?.startsWith(branchPrefix) ? head.slice(branchPrefix.length) : undefined;
}

/** The file that changes with the branch, and the one that exists while git changes the files of the checkout. */
export async function gitFiles(root: string): Promise<{ readonly head: string; readonly lock: string }> {
	const paths = await git(root, ['rev-parse', '--git-path', 'HEAD', '--git-path', 'index.lock']);
	const [head = '', lock = ''] = paths.map((path) => resolve(root, path));
	return { head, lock };
}

export async function listBranches(root: string): Promise<readonly string[]> {
	return await git(root, ['for-each-ref', '--format=%(refname:lstrip=2)', branchPrefix]);
}

/** The branches whose commits `target` has all. */
export async function mergedBranches(root: string, target: string): Promise<readonly string[]> {
	const merged = `--merged=${branchPrefix}${target}`;
	return await git(root, ['for-each-ref', merged, '--format=%(refname:lstrip=2)', branchPrefix]);
}

/** The names that `branch` had before, without those that other branches have now. */
export async function formerNames(root: string, branch: string): Promise<readonly string[]> {
	const log = await git(root, ['reflog', 'show', '--format=%gs', `${branchPrefix}${branch}`, '--'], [128]);
	const names = log.flatMap((line) => /^Branch: renamed refs\/heads\/(.+) to /.exec(line)?.[1] ?? []);
	if (names.length === 0) return [];
	const existing = await listBranches(root);
	return names.filter((name) => !existing.includes(name));
}

/** The lines of what git prints; none if it exits with one of `accepted`. Throws `no-git`. */
async function git(
	root: string,
	args: readonly string[],
	accepted: readonly number[] = [],
): Promise<readonly string[]> {
	try {
		const { stdout } = await run('git', [...args], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
		return stdout.split('\n').filter((line) => line !== '');
	} catch (error) {
		const { code, stderr = '' } = error as { readonly code?: number | string; readonly stderr?: string };
		if (typeof code === 'number' && accepted.includes(code) && !/not a git repository/.test(stderr))
			return [];
		throw noGit(root, hasCode(error, 'ENOENT') ? 'git is not installed' : stderr.trim(), error);
	}
}

function noGit(root: string, reason: string, cause: unknown): SlipwayError {
	return new SlipwayError(
		'no-git',
		`the configuration has dev.branches, and git does not say which branch is checked out in ${root}: ${reason}`,
		'Install git and run the command in a checkout, or use one database for all branches: remove dev.branches from slipway.config, or set SLIPWAY_BRANCHES=false.',
		{ cause },
	);
}
