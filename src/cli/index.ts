export { confirm } from './confirm.ts';
export { environmentIn } from './environment-in.ts';
export { formatFault } from './format-fault.ts';
export { defineCommand, runCommand } from './run-command.ts';
