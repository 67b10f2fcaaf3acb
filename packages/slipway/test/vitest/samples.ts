import { test } from 'vitest';
import { makeProject, pluginWith, runVitest } from './project.ts';

/** What vitest said of a sample. */
export interface Report {
	/** The name of its file. */
	readonly file: string;
	/** The names of its tests. */
	readonly passed: readonly string[];
	readonly failed: readonly string[];
	/** Its lines, and its errors. */
	readonly output: string;
}

/** Test files that run in one project, one after another: a run of vitest for each would take a second or two. */
export class Samples {
	readonly #files = new Map<string, string>();
	readonly #others: Readonly<Record<string, string>>;
	#run: Promise<(file: string) => Report> | undefined;

	/** `others`: further files of the project. */
	constructor(others: Readonly<Record<string, string>> = {}) {
		this.#others = others;
	}

	/** Declares a test that checks the report of a test file with this text. `then`: a file that runs after it. */
	test(title: string, text: string, check: (report: Report, then?: Report) => void, then?: string): void {
		const file = this.#add(text);
		const next = then === undefined ? undefined : this.#add(then);
		test(title, async () => {
			this.#run ??= run({ ...this.#others, ...Object.fromEntries(this.#files) });
			const reportOf = await this.#run;
			check(reportOf(file), next === undefined ? undefined : reportOf(next));
		});
	}

	#add(text: string): string {
		const file = `sample-${String(this.#files.size + 1).padStart(2, '0')}.test.ts`;
		this.#files.set(file, text);
		return file;
	}
}

async function run(files: Readonly<Record<string, string>>): Promise<(file: string) => Report> {
	const project = makeProject({ 'vitest.config.ts': pluginWith("leaks: 'fail'"), ...files });
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose', '--no-file-parallelism']);
	const lines = startingWith(stdout, /^ [✓×] (sample-\d+\.test\.ts) > (.*?)(?: \d+ms)?$/);
	const errors = stderr.split(/^⎯+\[\d+\/\d+\]⎯$/m);
	return (file) => {
		const own = lines.filter(({ match }) => match[1] === file);
		const named = (mark: string) =>
			own.filter(({ match }) => match[0].startsWith(` ${mark}`)).map(({ match }) => match[2] ?? '');
		const failures = errors.filter((text) => new RegExp(`^ FAIL  ${file}`, 'm').test(text));
		return {
			file,
			passed: named('✓'),
			failed: named('×'),
			output: [...own.map(({ text }) => text), ...failures].join('\n'),
		};
	};
}

/** The parts of `text` that begin with a line that matches. */
function startingWith(text: string, pattern: RegExp): readonly { match: RegExpExecArray; text: string }[] {
	const parts: { match: RegExpExecArray; text: string }[] = [];
	for (const line of text.split('\n')) {
		const match = pattern.exec(line);
		const last = parts.at(-1);
		if (match !== null) parts.push({ match, text: line });
		else if (last !== undefined) last.text += `\n${line}`;
	}
	return parts;
}
