import { databaseTest } from 'slipway/vitest';
import { dbOnSql } from '../common/postgres-js.js';

export const test = databaseTest.extend(dbOnSql);
