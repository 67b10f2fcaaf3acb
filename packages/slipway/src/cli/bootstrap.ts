import { type Command, Option } from 'commander';
import { type Connection, findServer } from '../connection/index.ts';
import { bootstrapDatabase, type Change, ensureExtensions } from '../database/bootstrap/index.ts';
import type { SlipwayError } from '../errors.ts';
import { adminConnection, type LoginRole, loginRoles, type Settings } from '../settings/index.ts';
import { defineCommand, formatWarning } from '../terminal/index.ts';
import { printDrift } from './drift.ts';
import { print, reporter } from './output.ts';
import { configOf, type Project, settingsOf } from './project.ts';
import { rotate } from './rotate.ts';

interface Options {
	readonly dryRun?: boolean;
	readonly check?: true;
	readonly revoke?: boolean;
	readonly rotate?: LoginRole;
	readonly dedicated?: boolean;
	readonly json?: true;
}

/** What is bootstrapped. */
interface Target {
	readonly admin: Connection;
	readonly settings: Settings;
	/** For messages. */
	readonly name: string;
}

export function bootstrapCommand(project: Project): Command {
	return defineCommand(
		project.commandName('bootstrap'),
		'Creates or corrects the roles, the database and the grants on the server that the settings name, or else on the dev server.',
	)
		.option('--check', 'print what differs, as the SQL that fixes it; exit with 1 if something does')
		.option('--dry-run', 'print the changes and their SQL without making them')
		.option('--revoke', 'also remove rights that bootstrap does not grant: those that --check lists last')
		.option(
			'--dedicated',
			'the server has no other users: also let only superusers connect to the databases postgres and template1, and the migrator see and end sessions',
		)
		.addOption(
			new Option(
				'--rotate <role>',
				'give the role a new, random password, on the server and where the settings have it; nothing else',
			)
				.choices(loginRoles)
				.conflicts(['check', 'dryRun', 'revoke']),
		)
		.option('--json', 'print one JSON object at the end')
		.action((options: Options) => bootstrap(project, options));
}

async function bootstrap(project: Project, options: Options): Promise<void> {
	const settings = await currentSettings(project);
	await withServer(settings, project.root, async (admin, { own }) => {
		const name = `database "${settings.database.name}" on ${admin.host}:${admin.port}`;
		const target = { admin, settings, name };
		const { dedicated = own, json = false } = options; // Nobody else uses the dev server.
		const bootstrap = project.commandName('bootstrap');
		if (options.rotate) return await rotate(project, { admin, settings, own }, options.rotate, json);
		if (options.check)
			await printDrift({ ...target, bootstrap, report: reporter(project) }, { ...options, dedicated });
		else await correct(project, target, { ...options, dedicated });
	});
}

/** With the database that this checkout uses, if each git branch has one. */
async function currentSettings(project: Project): Promise<Settings> {
	const [settings, config] = [await settingsOf(project), await configOf(project)];
	if (!(settings.branches ?? config.dev.branches)) return settings;
	const { settingsInUse } = await import('../dev/index.ts');
	return settingsInUse(project.root, config, settings);
}

/** What starts a dev server takes longer to load than all the rest, and is not needed for another server. */
async function withServer(
	settings: Settings,
	root: string,
	use: (admin: Connection, server: { readonly own: boolean }) => Promise<void>,
): Promise<void> {
	if (settings.provider === 'external')
		return await use(await findServer(adminConnection(settings)), { own: false });
	const { withAdminLogin } = await import('../dev/index.ts');
	return await withAdminLogin(settings, root, use);
}

async function correct(
	project: Project,
	{ admin, settings, name }: Target,
	{ dryRun = false, revoke = false, dedicated = false, json }: Options,
): Promise<void> {
	const { database } = settings;
	const { host, port, sslMode } = admin;
	const report = reporter(project);
	const warnings: SlipwayError[] = [];
	const onChange = json ? undefined : ({ summary }: Change) => print(summary);
	const changes = await bootstrapDatabase(admin, database, {
		dryRun,
		revoke,
		dedicated,
		onWait: report,
		...(onChange && { onChange }),
		onWarning: (warning) => warnings.push(warning),
	});
	if (!dryRun) await ensureExtensions(admin, database.name, (await configOf(project)).extensions);
	if (json) {
		const shown = warnings.map(({ code, message, hint }) => ({ code, message, hint }));
		return print(
			JSON.stringify({ database: database.name, host, port, sslMode, dryRun, changes, warnings: shown }),
		);
	}
	for (const warning of warnings) report(formatWarning(warning));
	if (dryRun) for (const { summary, sql } of changes) print(`would have ${summary}\n  ${sql};`);
	print(closingLine(name, changes.length, dryRun));
}

function closingLine(database: string, count: number, dryRun: boolean): string {
	if (count === 0) return `nothing to do: ${database} is ready`;
	const changes = count === 1 ? '1 change' : `${count} changes`;
	return dryRun ? `${database} needs ${changes}; none were made` : `${database} is ready: ${changes}`;
}
