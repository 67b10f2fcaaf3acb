import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

const attempt = ['--map-root-user', '--mount', '--uts', 'mount', '-t', 'tmpfs', 'none', '/tmp'];
const isAllowed = spawnSync('unshare', attempt).status === 0;
if (!isAllowed && process.env.CI)
	throw new Error('user namespaces are forbidden here, and CI is to use them');
if (!isAllowed)
	process.stderr.write('user namespaces are forbidden here: the tests that need one are skipped\n');

/**
 * For a test that mounts file systems, or renames the machine, in a user namespace of its own. Docker's seccomp profile
 * forbids these, also in the dev container.
 */
export const testInOwnNamespace = test.skipIf(!isAllowed);
