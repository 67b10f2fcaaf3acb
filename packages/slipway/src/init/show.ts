import { type DetectedProject, migrationsLine } from '../detection/index.ts';
import { diffLines } from './diff.ts';
import type { FileChange, Plan } from './plan.ts';

/** What was found, as a list of names and values. */
export function describeProject(project: DetectedProject): string {
	const { migrations, client, testRunner, postgres, urlVariables, workspace } = project;
	const found = {
		'package manager': `${project.packageManager.name}${workspace === undefined ? '' : `, workspace ${workspace}`}`,
		migrations: migrations && `${migrations.tool}: ${migrationsLine(migrations.migrations)}`,
		client:
			client &&
			[client.name, client.driver]
				.filter((name, index, all) => name && all.indexOf(name) === index)
				.join(' on '),
		tests:
			testRunner &&
			[
				testRunner.name === 'node' ? 'node:test' : testRunner.name,
				testRunner.version,
				testRunner.config && `(${testRunner.config})`,
			]
				.filter(Boolean)
				.join(' '),
		'dev command': project.devCommand,
		PostgreSQL: postgres && `${postgres.image} (${postgres.file})`,
		'read from': urlVariables.join(', ') || undefined,
	};
	const rows = Object.entries(found).map(([name, value]) => `  ${name.padEnd(16)} ${value ?? 'not found'}`);
	return [`Found in ${project.folder.root}:`, ...rows].join('\n');
}

/** What will change. `whole`: with the text of all new files. */
export function describePlan({ changes, notes, kept }: Plan, whole: boolean): string {
	const sections = [
		changes.length === 0
			? 'There is nothing to write.'
			: ['To write:', ...changes.map((change) => describeChange(change, whole))].join('\n'),
		kept.length === 0 ? '' : `Left as they are: ${kept.join(', ')}`,
		notes.length === 0 ? '' : ['For you to do:', ...notes.map((note) => `  ${note}`)].join('\n'),
	];
	return sections.filter((section) => section !== '').join('\n\n');
}

function describeChange({ path, before, after, purpose }: FileChange, whole: boolean): string {
	const head = `  ${before === undefined ? 'new ' : 'edit'} ${path}: ${purpose}`;
	const showsText = whole || path.startsWith('slipway.config');
	const newLines = showsText
		? after
				.trimEnd()
				.split('\n')
				.map((line) => `| ${line}`)
		: [];
	const lines = before === undefined ? newLines : diffLines(before, after);
	return [head, ...lines.map((line) => `       ${line}`.trimEnd())].join('\n');
}
