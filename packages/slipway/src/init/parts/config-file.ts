import { configFilesIn } from '../../config/index.ts';
import { type DetectedProject, migrationsLine, quote } from '../../detection/index.ts';
import type { Part, Request } from '../plan.ts';
import { restyle } from '../restyle.ts';
import { assignments } from '../url-option.ts';

/** The oldest and the current version of PostgreSQL that Slipway starts. */
const versions = { oldest: 15, current: 18 };

/** slipway.config.ts with what was found. */
export function configFile({ project, runsTypeScript, extras }: Request): Part {
	const { folder, language } = project;
	const [existing] = configFilesIn(folder.root);
	const postgres = postgresOf(project);
	const notes = [...migrationNotes(project), ...postgres.notes];
	const hasBranches = extras.includes('branches');
	if (existing !== undefined) return { notes: missingIn(existing, project, hasBranches) };
	const name = `slipway.config.${extensionOf(language.isTypeScript && runsTypeScript, language.isModule)}`;
	return {
		changes: [{ path: name, after: textOf(project, postgres.field, hasBranches), purpose: 'configuration' }],
		notes,
	};
}

const extensionOf = (isTypeScript: boolean, isModule: boolean) => {
	if (isTypeScript) return 'ts';
	return isModule ? 'js' : 'mjs';
};

function textOf(project: DetectedProject, postgres: string | undefined, hasBranches: boolean): string {
	const { migrations, extensions, devCommand, language } = project;
	const dev = [
		...(devCommand === undefined ? [] : [`command: ${quote(assignments(project) + devCommand)}`]),
		...(hasBranches ? ['branches: true'] : []),
	];
	const fields = [
		migrations && migrationsLine(migrations.migrations),
		extensions.names.length > 0 ? `extensions: [${extensions.names.map(quote).join(', ')}]` : undefined,
		postgres,
		dev.length === 0 ? undefined : `dev: { ${dev.join(', ')} }`,
	].filter((field) => field !== undefined);
	const body = fields.map((field) => `\t${field},\n`).join('');
	const open = fields.length === 0 ? '' : '\n';
	const text = `import { defineConfig } from 'slipway/config';\n\nexport default defineConfig({${open}${body}});\n`;
	return restyle(text, language.style);
}

/** The field `postgres` for the version or image that the project pins, or that its extensions need. */
function postgresOf({ postgres, extensions }: DetectedProject): {
	field: string | undefined;
	notes: string[];
} {
	const wanted = postgres?.version ?? versions.current;
	const version = Math.min(Math.max(wanted, versions.oldest), versions.current);
	const notes =
		version === wanted
			? []
			: [
					`${postgres?.file} pins PostgreSQL ${wanted}. Slipway starts ${versions.oldest} to ${versions.current}: it will use ${version}.`,
				];
	const image =
		postgres !== undefined && !postgres.isPlain && version === wanted
			? postgres.image
			: extensions.image?.(version);
	if (image !== undefined)
		return {
			field: `postgres: { provider: 'container', image: ${quote(image)} }`,
			notes: [
				...notes,
				`Servers run in containers of ${image}. Install what that needs: testcontainers and dockerode.`,
			],
		};
	return { field: version === versions.current ? undefined : `postgres: { version: ${version} }`, notes };
}

function migrationNotes({ migrations }: DetectedProject): string[] {
	return migrations === undefined
		? ['No migrations were found. Write the first: npx slipway migrate new create-notes']
		: [];
}

/** An existing configuration is left alone. What it may lack is shown. */
function missingIn(file: string, project: DetectedProject, hasBranches: boolean): string[] {
	const text = project.folder.text(file) ?? '';
	const needsBranches = hasBranches && !/\bbranches\b/.test(text);
	return [
		...missingMigrations(file, text, project),
		...(needsBranches ? [`For a database for each git branch, add to ${file}: dev: { branches: true }`] : []),
	];
}

function missingMigrations(file: string, text: string, { migrations }: DetectedProject): string[] {
	if (migrations === undefined || migrations.migrations === 'migrations' || /\bmigrations\b/.test(text))
		return [];
	return [
		`${file} names no migrations. Found (${migrations.tool}): ${migrationsLine(migrations.migrations)}`,
	];
}
