import { type Command, InvalidArgumentError } from 'commander';
import { type Generated, generateSecrets, setStackAdminPassword } from '../secrets/index.ts';
import { loginRoles } from '../settings/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { print, printJson } from './output.ts';
import { envFileOf, fromHere, type Project, settingsOf } from './project.ts';

/** `secrets` with its subcommands. */
export function secretsCommand(project: Project): Command {
	const command = defineCommand(
		project.commandName('secrets'),
		'Writes the passwords that the roles need. Prints none. bootstrap --rotate changes one.',
	);
	return command.addCommand(generateCommand(project)).addCommand(adminCommand(project));
}

interface GenerateOptions {
	readonly files?: string;
	readonly owner?: number;
	readonly json?: true;
}

function generateCommand(project: Project): Command {
	return defineCommand(
		'generate',
		'Writes random passwords into .env for the app, the migrator and the admin, as far as they have none.',
	)
		.option('--files <folder>', 'write each into a file of mode 0600 there, which .env then names')
		.option(
			'--owner <uid>',
			'the user that gets these files; in containers, the service is user 1000',
			parseUserId,
		)
		.option('--json', 'print a JSON array')
		.action((options: GenerateOptions) => generate(project, options));
}

function parseUserId(text: string): number {
	if (/^\d{1,9}$/.test(text)) return Number(text);
	throw new InvalidArgumentError('It must be the number of a user.');
}

function generate(project: Project, { files, owner, json }: GenerateOptions): void {
	const sources = { environment: project.environment, envFile: envFileOf(project) };
	const generated = generateSecrets(sources, { roles: loginRoles, folder: files, owner });
	if (json) printJson(generated);
	else for (const line of generated.map(toLine)) print(line);
}

function toLine({ variable, file }: Generated): string {
	return file === undefined ? `kept ${variable}, which is set` : `wrote ${variable} to ${fromHere(file)}`;
}

function adminCommand(project: Project): Command {
	return defineCommand(
		'admin',
		"Gives the admin of the compose stack's database the password in the settings, whatever its old one is.",
	).action(async () => {
		const settings = await settingsOf(project, { roles: ['admin'] });
		await setStackAdminPassword(project.root, settings.admin, project.environment);
		print(`the stack's database accepts the password of "${settings.admin.username}"`);
	});
}
