export type { Client } from './client.ts';
export { type DetectedProject, detectProject } from './detect.ts';
export { howToGet } from './extension-images.ts';
export { type CodeStyle, styleOf } from './language.ts';
export {
	type SuggestedMigrations,
	suggestForFolder,
	suggestInsteadOf,
	suggestMigrations,
} from './migrations/detect.ts';
export { migrationsLine, quote } from './migrations/tool.ts';
export { assignment } from './migrations/variables.ts';
export { type NamedNode, namedNodeOf } from './node-version.ts';
export { detectPackageManager, type PackageManager } from './package-manager.ts';
export { readManifest } from './project-folder.ts';
export { refuseUnconfigured } from './refuse-unconfigured.ts';
export type { RunnerName, TestRunner } from './test-runner.ts';
export { projectFolders } from './workspace.ts';
