import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { eventually } from 'slipway/test-helpers/eventually';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/index.ts';
import { RepeatLimit } from '../../src/logging/repeat-limit.ts';

function openLog(interval: number) {
	const lines: Record<string, unknown>[] = [];
	const repeats = new RepeatLimit(interval);
	const hooks = { logMethod: repeats.logMethod };
	const logger = pino(
		{ base: null, hooks, level: 'debug' },
		{ write: (line) => lines.push(JSON.parse(line)) },
	);
	return { lines, logger, repeats };
}

const never = 2 ** 30;

describe('warnings and errors with the same cause', () => {
	test('are one line, and another with their number at the end of the interval', async () => {
		const { lines, logger } = openLog(50);
		for (let i = 0; i < 1000; i++) logger.error({ code: 'refused' }, `attempt ${i}`);
		expect(lines).toMatchObject([{ code: 'refused', msg: 'attempt 0' }]);
		await eventually(() => lines.length === 2);
		expect(lines[1]).toMatchObject({ code: 'refused', msg: 'attempt 999', repeated: 999, level: 50 });
	});

	test('are logged at once again after an interval without one', async () => {
		const { lines, logger } = openLog(1);
		await eventually(async () => {
			logger.warn('slow');
			await sleep(50);
			return lines.filter((line) => line.repeated === undefined).length > 1;
		});
	});

	test('have their number written when the logger is disposed of', () => {
		const { lines, logger, repeats } = openLog(never);
		logger.warn({ path: '/1' }, 'slow request');
		logger.warn({ path: '/2' }, 'slow request');
		logger.warn({ path: '/3' }, 'slow request');
		repeats[Symbol.dispose]();
		expect(lines).toMatchObject([{ path: '/1' }, { path: '/3', msg: 'slow request', repeated: 2 }]);
	});

	test('do not hide those with another cause', () => {
		const { lines, logger } = openLog(never);
		logger.error({ code: 'refused' }, 'no');
		logger.error({ code: 'late' }, 'no');
		logger.error({ err: new Error('one') }, 'unexpected error');
		logger.error({ err: new Error('another') }, 'unexpected error');
		logger.warn({ code: 'refused' }, 'no');
		expect(lines).toHaveLength(5);
	});

	test('are limited even if a client makes each of them different', () => {
		const { lines, logger } = openLog(never);
		for (let i = 0; i < 1000; i++) logger.error({ err: new Error(`no header ${i}`) }, 'unexpected error');
		expect(lines).toHaveLength(101);
	});
});

test('lines below the level of warnings are all written', () => {
	const { lines, logger } = openLog(never);
	for (let i = 0; i < 10; i++) logger.debug('request');
	expect(lines).toHaveLength(10);
});

test('the logger of the service limits repetitions', () => {
	const lines: string[] = [];
	const logger = createLogger('info', { write: (line) => lines.push(line) });
	for (let i = 0; i < 10; i++) logger.warn({ path: `/${i}` }, 'slow request');
	expect(lines).toHaveLength(1);
	logger[Symbol.dispose]();
	expect(lines).toHaveLength(2);
});
