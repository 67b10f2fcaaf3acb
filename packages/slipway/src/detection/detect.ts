import { type DetectedClient, detectClient } from './client.ts';
import { detectDevCommand } from './dev-command.ts';
import { detectExtensions, type NeededExtensions } from './extensions.ts';
import { detectLanguage, type Language } from './language.ts';
import { detectMigrations } from './migrations/detect.ts';
import type { DetectedMigrations } from './migrations/tool.ts';
import { detectNodeVersion } from './node-version.ts';
import { detectPackageManager, type PackageManager } from './package-manager.ts';
import { detectPostgres, type PinnedPostgres } from './postgres-version.ts';
import { openFolder, type ProjectFolder } from './project-folder.ts';
import { detectTestRunner, type TestRunner } from './test-runner.ts';
import { detectPartVariables, detectUrlVariables } from './url-variables.ts';
import { packagesOf, workspaceOf } from './workspace.ts';

/** What a project uses, as far as its files say. */
export interface DetectedProject {
	readonly folder: ProjectFolder;
	/** The workspace that the project is a package of. */
	readonly workspace: string | undefined;
	/** The folders of its packages, if the project is a workspace itself. */
	readonly packages: readonly string[];
	readonly packageManager: PackageManager;
	readonly language: Language;
	readonly nodeVersion: number;
	readonly migrations: DetectedMigrations | undefined;
	readonly client: DetectedClient | undefined;
	readonly testRunner: TestRunner | undefined;
	readonly devCommand: string | undefined;
	readonly postgres: PinnedPostgres | undefined;
	readonly extensions: NeededExtensions;
	readonly urlVariables: readonly string[];
	/** Where it reads the parts of the login instead: `DB_HOST` and so on. */
	readonly partVariables: readonly string[];
}

/** Looks at the files of the project in `root`. Changes nothing and runs nothing. */
export function detectProject(root: string): DetectedProject {
	const workspace = workspaceOf(root);
	const folder = openFolder(root, workspace);
	const folders = workspace === undefined ? [folder] : [folder, openFolder(workspace)];
	const packageManager = detectPackageManager(folders.map((each) => each.root));
	return {
		folder,
		workspace,
		packages: packagesOf(root),
		packageManager,
		language: detectLanguage(folder),
		nodeVersion: detectNodeVersion(folders),
		migrations: detectMigrations(folder, workspace),
		client: detectClient(folder),
		testRunner: detectTestRunner(folder),
		devCommand: detectDevCommand(folder.manifest, packageManager),
		postgres: detectPostgres(folders),
		extensions: detectExtensions(folder),
		urlVariables: detectUrlVariables(folder),
		partVariables: detectPartVariables(folder),
	};
}
