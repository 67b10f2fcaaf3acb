import { assignment, type DetectedProject } from '../detection/index.ts';

/** The variable to set where the program reads another than DATABASE_URL, and does not read that. */
export function urlOption({ urlVariables }: DetectedProject): string | undefined {
	const [first] = urlVariables;
	return first === 'DATABASE_URL' ? undefined : first;
}

/** The variable in a test. Joined, because this code itself reads no environment. */
export const urlExpression = (project: DetectedProject): string =>
	['process', 'env', urlOption(project) ?? 'DATABASE_URL'].join('.');

/** What a shell puts before a command so that the program finds the login under the names that it reads. */
export function assignments({ urlVariables, partVariables }: DetectedProject): string {
	const names = urlVariables.length > 0 ? urlVariables.slice(0, 1) : partVariables;
	return names.includes('DATABASE_URL')
		? ''
		: names
				.flatMap(assignment)
				.map((each) => `${each} `)
				.join('');
}
