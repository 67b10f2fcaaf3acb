import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, inject } from 'vitest';

/** Whether there is an engine and it is on this machine: in the dev container, what the host's mounts and publishes is there. */
export const hasEngineHere =
	inject('hasEngine') && !(existsSync('/.dockerenv') && engineMachine() !== hostname());

if (inject('hasEngine') && !hasEngineHere)
	process.stderr.write('the container engine is outside of this container: what needs it here is skipped\n');

/** Tests of what the engine mounts or publishes. */
export const describeWithEngineHere = describe.skipIf(!hasEngineHere);

function engineMachine(): string {
	return spawnSync('docker', ['info', '--format', '{{.Name}}'], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
