import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stackEnvironment } from '../../bench/stacks/copy.ts';
import { projectRoot } from '../helpers/child-process.ts';
import { hasEngineHere } from '../helpers/engine-here.ts';
import { freePort } from '../helpers/free-port.ts';
import { blocksOf, followedPage, pageText } from '../helpers/markdown.ts';
import { packPackage } from '../helpers/packed-project.ts';
import { currentProcess } from '../helpers/processes.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';
import { Reader, type Step } from './reader.ts';

interface Section {
	readonly title: string;
	readonly steps: readonly Step[];
}

const sections = sectionsOf(pageText(followedPage).split('\n'));
const usesDocker = ({ steps }: Section) =>
	steps.some((step) => step !== 'Ctrl-C' && step.text.includes('docker compose'));

let root: ReturnType<typeof makeDirectory>;
let reader: Reader;
beforeAll(async () => {
	root = makeDirectory(tmpdir());
	const environment = {
		...stackEnvironment,
		npm_config_audit: 'false',
		npm_config_fund: 'false',
		npm_config_prefer_offline: 'true',
		// Installs packages as of this date, so that a later release does not fail this test. Raise it when Slipway needs a
		// newer package.
		npm_config_before: '2026-11-20',
		COMPOSE_PROJECT_NAME: `slipway-test-${randomBytes(4).toString('hex')}`,
		DB_PORT: String(await freePort()),
	};
	reader = new Reader(root.path, await freePort(), environment);
	writeFileSync(join(root.path, 'slipway-0.1.0.tgz'), await packPackage());
});
afterAll(async () => {
	await reader?.[Symbol.asyncDispose]();
	if (hasEngineHere) await reader?.run('docker', ['compose', 'down', '--volumes', '--rmi', 'local']);
	root?.[Symbol.dispose]();
});

/** The first section that failed. Later sections depend on it. */
let failed: string | undefined;
beforeEach(({ skip }) => skip(failed !== undefined, `"${failed}" failed`));

for (const section of sections)
	test.skipIf(usesDocker(section) && !hasEngineHere)(section.title, async () => {
		failed = section.title;
		if (usesDocker(section)) labelContainers(reader.folder);
		try {
			for (const step of section.steps) await reader.follow(step);
		} catch (error) {
			// Compose does not say why a container exited.
			if (usesDocker(section)) console.error(await reader.run('docker', ['compose', 'logs']));
			throw error;
		}
		failed = undefined;
	});

test.skipIf(!hasEngineHere)('the dev container CLI accepts the dev container', async () => {
	const cli = join(projectRoot, 'node_modules/@devcontainers/cli/devcontainer.js');
	const args = [cli, 'read-configuration', '--workspace-folder', reader.folder];
	const { status, stdout, stderr } = await reader.run(process.execPath, args);
	expect(status, stderr).toBe(0);
	expect(JSON.parse(stdout).configuration).toMatchObject({ name: 'guestbook', remoteUser: 'node' });
});

/** Lets `npx slipway clean` remove what a killed run leaves. */
function labelContainers(folder: string): void {
	const labels = { 'dev.slipway.owner': JSON.stringify(currentProcess()) };
	const services = { db: { labels }, app: { labels, build: { labels } } };
	const labelled = { services, networks: { default: { labels } }, volumes: { db: { labels } } };
	writeFileSync(join(folder, 'compose.override.yaml'), JSON.stringify(labelled));
}

/** The sections that have steps. */
function sectionsOf(lines: readonly string[]): readonly Section[] {
	const blocks = new Map(blocksOf(followedPage).map((block) => [block.line, block]));
	const sections: { title: string; steps: Step[] }[] = [];
	for (const [index, line] of lines.entries()) {
		if (line.startsWith('## ')) sections.push({ title: line.slice(3), steps: [] });
		const block = blocks.get(index + 1);
		if (block !== undefined) sections.at(-1)?.steps.push(block);
		if (line.startsWith('Press Ctrl-C')) sections.at(-1)?.steps.push('Ctrl-C');
	}
	return sections.filter(({ steps }) => steps.length > 0);
}
