import type { DetectedProject } from '../detection/index.ts';

/** The variable to set where the program reads another than DATABASE_URL, and does not read that. */
export function urlOption({ urlVariables }: DetectedProject): string | undefined {
	const [first] = urlVariables;
	return first === 'DATABASE_URL' ? undefined : first;
}

/** The variable in a test. Joined, because this code itself reads no environment. */
export const urlExpression = (project: DetectedProject): string =>
	['process', 'env', urlOption(project) ?? 'DATABASE_URL'].join('.');
