import postgres from 'postgres';
import { inject, test as plain } from 'vitest';
import { onPostgresJs } from '../common/postgres-js.js';
import { optionsOf } from '../common/shared-server.js';

// As in an application: a client of the module. Without isolation, all files of a worker use it.
const db = onPostgresJs(postgres(optionsOf(inject('app'))));

// biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
export const test = plain.extend({ db: async ({}, use) => await use(db) });
