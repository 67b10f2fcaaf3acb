import type { DetectedProject } from '../../detection/index.ts';
import { installCommand, managerInstall, pruneCommand } from '../package-commands.ts';
import type { Part, Request } from '../plan.ts';

/** An image of the service, and one with the tools for development. */
export function dockerfile({ project }: Request): Part {
	if (project.workspace !== undefined)
		return {
			notes: ['An image needs the lock file of the workspace: run npx slipway init --with docker there.'],
		};
	const start = startCommand(project);
	const notes = start === undefined ? ['The Dockerfile has no CMD: package.json has no script "start".'] : [];
	return {
		changes: [
			{ path: 'Dockerfile', after: imageOf(project, start), purpose: 'an image of the service' },
			{ path: '.dockerignore', after: ignored, purpose: 'what the image leaves out' },
		],
		notes,
	};
}

const ignored = '.git\n.slipway\n.env\n.env.*\n!.env.example\n**/node_modules\n**/coverage\n';

function imageOf(project: DetectedProject, start: string | undefined): string {
	const { folder, nodeVersion, packageManager } = project;
	const manager = managerInstall(project);
	const build = folder.manifest.scripts?.build === undefined ? [] : [`RUN ${packageManager.run} build`];
	return [
		'# Target runtime (the default) is the service; target dev has the packages for development too.',
		`FROM node:${nodeVersion}-slim AS base`,
		'WORKDIR /app',
		...(manager === undefined ? [] : [`RUN ${manager}`]),
		'',
		'FROM base AS dev',
		...packageLines(project),
		'COPY --chown=node:node . .',
		'RUN chown node:node /app',
		'USER node',
		'',
		'FROM dev AS build',
		'USER root',
		...build,
		`RUN ${pruneCommand(project)}`,
		'',
		'FROM base AS runtime',
		'ENV NODE_ENV=production',
		'COPY --from=build /app ./',
		'USER node',
		...(start === undefined ? [] : [`CMD ${start}`]),
		'',
	].join('\n');
}

/** Scripts that npm runs after an installation may need any file; so do the packages of a workspace. */
function packageLines(project: DetectedProject): string[] {
	const { folder, packages, packageManager } = project;
	const { scripts = {} } = folder.manifest;
	const needsAll =
		packages.length > 0 || ['preinstall', 'install', 'postinstall', 'prepare'].some((name) => scripts[name]);
	const others = [
		'.npmrc',
		'.yarnrc.yml',
		'.yarn',
		'patches',
		'pnpm-workspace.yaml',
		...packageManager.lockFiles,
	];
	const files = ['package.json', ...others.filter((file) => folder.has(file)), ...localPackages(project)];
	const copy = needsAll ? 'COPY . .' : `COPY ${files.join(' ')} ./`;
	return [copy, `RUN ${installCommand(project)}`];
}

/** Archives that package.json takes from the project itself. */
const localPackages = ({ folder: { manifest } }: DetectedProject) =>
	Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
		.map((version) => /^file:(.*\.tgz)$/.exec(version)?.[1])
		.filter((file) => file !== undefined);

/** With Node as the first process, where the script allows it: npm and shells keep signals to themselves. */
function startCommand({ folder, packageManager: { run } }: DetectedProject): string | undefined {
	const start = folder.manifest.scripts?.start;
	if (start === undefined) return undefined;
	const words = /^node( [\w./@=-]+)+$/.test(start) ? start.split(' ') : [...run.split(' '), 'start'];
	return JSON.stringify(words).replaceAll('","', '", "');
}
