import { transactionTest } from 'slipway/vitest';
import { createApp } from '../src/app.ts';
import { Announcements } from '../src/messages/announcements.ts';
import { register } from './client.ts';

/**
 * Tests the service in a transaction that is rolled back: every test starts with the migrated schema and no rows. Nothing
 * is committed, so no notification is sent: live.test.ts tests those.
 */
export const test = transactionTest
	.extend('app', ({ sql }) => createApp({ sql, announcements: new Announcements() }))
	.extend('ada', ({ app }) => register(app, 'ada'))
	.extend('eve', ({ app }) => register(app, 'eve'));
