/** How this user runs the command `name`: `npx slipway migrate`, `scripts/migrate` and so on. */
export type CommandNames = (name: string) => string;

/** The form in which error messages in the code name commands. */
export const defaultCommandNames: CommandNames = (name) => `npx slipway ${name}`;

/** Replaces the commands in `text` by the form in which this user runs them. */
export function withCommandNames(text: string, commandName: CommandNames): string {
	return text.replaceAll(/\bnpx slipway ([a-z]+)/g, (_, name: string) => commandName(name));
}
