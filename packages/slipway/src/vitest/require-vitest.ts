import { checkVitestVersion } from './vitest-version.ts';

// Imported first: older versions of vitest lack what the fixtures are made with.
checkVitestVersion();
