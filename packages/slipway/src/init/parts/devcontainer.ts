import { basename } from 'node:path';
import { installCommand, managerInstall } from '../package-commands.ts';
import type { Part, Request } from '../plan.ts';

/** A dev container with Node, git, curl and psql. PostgreSQL comes with Slipway. */
export function devcontainer({ project }: Request): Part {
	if (project.workspace !== undefined)
		return {
			notes: ['A dev container is for the whole repository: run npx slipway init --with devcontainer there.'],
		};
	const { folder, nodeVersion } = project;
	const manager = managerInstall(project);
	const settings = {
		name: folder.manifest.name ?? basename(folder.root),
		build: { dockerfile: 'Dockerfile' },
		remoteUser: 'node',
		updateContentCommand: installCommand(project),
		forwardPorts: [3000],
		otherPortsAttributes: { onAutoForward: 'ignore' },
	};
	const image = `FROM node:${nodeVersion}-slim
RUN apt-get update \\
    && apt-get install -y --no-install-recommends ca-certificates curl git less openssh-client postgresql-client procps \\
    && rm -rf /var/lib/apt/lists/*
${manager === undefined ? '' : `RUN ${manager}\n`}USER node
`;
	return {
		changes: [
			{
				path: '.devcontainer/devcontainer.json',
				after: `${JSON.stringify(settings, undefined, '\t')}\n`,
				purpose: 'a dev container',
			},
			{ path: '.devcontainer/Dockerfile', after: image, purpose: 'its image' },
		],
	};
}
