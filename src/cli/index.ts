export { defineCommand, formatFault, runCommand } from './run-command.ts';
