import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, inject } from 'vitest';

const isThere = inject('hasEngine');
const isOutside = isThere && existsSync('/.dockerenv') && nameOfItsMachine() !== hostname();
if (isOutside)
	process.stderr.write('the container engine is outside of this container: what needs it here is skipped\n');

/** Tests that need an engine on this machine: in the dev container, what the host's mounts and publishes is there. */
export const describeOnEngine = describe.skipIf(!isThere || isOutside);

function nameOfItsMachine(): string {
	return spawnSync('docker', ['info', '--format', '{{.Name}}'], { encoding: 'utf8' }).stdout.trim();
}
