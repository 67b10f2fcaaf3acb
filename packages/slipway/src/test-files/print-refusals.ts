import { text } from 'node:stream/consumers';
import { findDenials } from '../denials/index.ts';

// The program of report-at-exit.ts. It gets the logins on standard input.
for (const note of await findDenials(JSON.parse(await text(process.stdin))))
	process.stderr.write(`\n${note}\n`);
