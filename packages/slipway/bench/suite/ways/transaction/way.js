import { transactionTest } from 'slipway/vitest';
import { dbOnSql } from '../common/postgres-js.js';

export const test = transactionTest.extend(dbOnSql);
