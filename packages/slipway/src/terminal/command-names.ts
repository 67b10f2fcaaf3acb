/** How this user runs the command `name`, such as `npx slipway migrate` or `scripts/migrate`. */
export type CommandNames = (name: string) => string;

/** Messages name commands in this form, for users of the library. */
export const defaultCommandNames: CommandNames = (name) => `npx slipway ${name}`;

/** `text` with the commands that it names as this user runs them. */
export function withCommandNames(text: string, commandName: CommandNames): string {
	return text.replaceAll(/\bnpx slipway ([a-z]+)/g, (_, name: string) => commandName(name));
}
