import { test as onServer } from 'slipway/vitest';
import { dbOnSql } from '../common/postgres-js.js';

export const test = onServer.extend(dbOnSql);
