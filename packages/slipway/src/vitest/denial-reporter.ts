import type { Reporter, TestModule } from 'vitest/node';
import { hintAt } from '../denials/index.ts';
import { defaultNames } from '../settings/index.ts';
import type { PostgresOptions } from './check-options.ts';

/**
 * Adds to all errors of a test file which right the app lacked: also to those of hooks and of its import, which no fixture
 * sees. It has to be the first of the reporters, because the others print the errors.
 */
export const denialReporter: Reporter = {
	onTestModuleEnd: hintAtErrors,
	/** vitest 3 ends no module that it could not import. */
	onTestRunEnd: (modules) => modules.forEach(hintAtErrors),
};

function hintAtErrors(module: TestModule): void {
	const role = appOf(module.project.getProvidedContext().slipway?.defaults ?? {});
	if (role !== undefined) for (const error of errorsIn(module)) hintAt(error, role);
}

function appOf({ database, roles }: PostgresOptions): string | undefined {
	if (database !== undefined) return database.app.username;
	if (roles === false) return undefined;
	return (typeof roles === 'object' ? roles.app : undefined) ?? defaultNames.app;
}

function errorsIn(module: TestModule): object[] {
	const tests = [...module.children.allTests()].flatMap((test) => test.result().errors ?? []);
	const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
	return [...module.errors(), ...suites, ...tests];
}
