export { type CommandNames, defaultCommandNames, withCommandNames } from './command-names.ts';
export { ask, confirm, isInteractive } from './confirm.ts';
export { environmentIn } from './environment-in.ts';
export { formatError, formatWarning } from './format-error.ts';
export { defineCommand, runCommand } from './run-command.ts';
