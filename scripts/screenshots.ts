import { join } from 'node:path';
import { defineCommand, runCommand } from 'slipway/cli';
import { takeScreenshots } from '../bench/index.ts';

const root = join(import.meta.dirname, '..');

const command = defineCommand(
	'scripts/screenshots',
	"Takes the README's pictures of the counter page in Chromium: docs/images/counter-light.png and counter-dark.png.",
).action(() => takeScreenshots(join(root, 'migrations'), join(root, 'docs/images')));

await runCommand(command, process.argv.slice(2));
