import { join } from 'node:path';
import { runCommand } from '../src/cli/index.ts';
import { migrateCommand } from '../src/migrate/index.ts';

const command = migrateCommand({ root: join(import.meta.dirname, '..'), environment: process.env });

await runCommand(command, process.argv.slice(2));
