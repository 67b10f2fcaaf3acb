import { checkBootstrap } from './checks/bootstrap.ts';
import { checkClock } from './checks/clock.ts';
import { checkCollations } from './checks/collations.ts';
import { checkConnections } from './checks/connections.ts';
import { checkDisk } from './checks/disk.ts';
import { checkDocker } from './checks/docker.ts';
import { checkEmbedded } from './checks/embedded.ts';
import { checkEncryption } from './checks/encryption.ts';
import { checkEnvironment } from './checks/environment.ts';
import { checkFiles } from './checks/files.ts';
import { checkHosts } from './checks/hosts.ts';
import { checkImage } from './checks/image.ts';
import { checkLeftovers } from './checks/leftovers.ts';
import { checkMemory } from './checks/memory.ts';
import { checkMigrations } from './checks/migrations.ts';
import { checkNode } from './checks/node.ts';
import { checkPackages } from './checks/packages.ts';
import { checkPasswords } from './checks/passwords.ts';
import { checkPooler } from './checks/pooler.ts';
import { checkPorts } from './checks/ports.ts';
import { checkProject } from './checks/project.ts';
import { checkSecrets } from './checks/secrets.ts';
import { checkSettings } from './checks/settings.ts';
import { checkSnapshots } from './checks/snapshots.ts';
import { checkTestServer } from './checks/test-server.ts';
import { checkVolume } from './checks/volume.ts';
import { checkWatching } from './checks/watching.ts';
import { checkWindowsDisk } from './checks/windows-disk.ts';
import type { DoctorContext } from './context.ts';
import type { Finding } from './finding.ts';

/** Looks for one kind of problem and changes nothing. */
export type Check = (context: DoctorContext) => Finding[] | Promise<Finding[]>;

/** All checks by name. A new one is a file and an entry here. */
export const checks: Readonly<Record<string, Check>> = {
	settings: checkSettings,
	environment: checkEnvironment,
	secrets: checkSecrets,
	node: checkNode,
	packages: checkPackages,
	files: checkFiles,
	'windows disk': checkWindowsDisk,
	disk: checkDisk,
	memory: checkMemory,
	watching: checkWatching,
	'embedded data': checkEmbedded,
	leftovers: checkLeftovers,
	snapshots: checkSnapshots,
	'test server': checkTestServer,
	docker: checkDocker,
	image: checkImage,
	project: checkProject,
	volume: checkVolume,
	ports: checkPorts,
	passwords: checkPasswords,
	hosts: checkHosts,
	encryption: checkEncryption,
	pooler: checkPooler,
	connections: checkConnections,
	clock: checkClock,
	collations: checkCollations,
	bootstrap: checkBootstrap,
	migrations: checkMigrations,
};
