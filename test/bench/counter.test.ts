import { describe, expect, test } from 'vitest';
import { type Round, summarize } from '../../bench/counter/figures.ts';
import { formatCounterFigures } from '../../bench/counter/format.ts';
import { parseWrk } from '../../bench/counter/wrk.ts';

const report = `Running 3s test @ http://127.0.0.1:3210/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.25ms    1.09ms  19.22ms   92.50%
    Req/Sec    29.53k     6.06k   34.91k    80.00%
  Latency Distribution
     50%  910.00us
     75%    2.16ms
     90%    2.93ms
     99%    1.02s
  88208 requests in 3.00s, 50.38MB read
Requests/sec:  29378.64
Transfer/sec:     16.78MB
`;

describe('a report of wrk', () => {
	test('is parsed, units included', () => {
		expect(parseWrk(report)).toEqual({ requests: 88208, requestsPerSecond: 29378.64, p50: 0.91, p99: 1020 });
	});

	test.each(['  Non-2xx or 3xx responses: 12', '  Socket errors: connect 0, read 3, write 0, timeout 1'])(
		'with failures is rejected: %s',
		(line) => {
			expect(() => parseWrk(`${report}${line}\n`)).toThrow(line.trim());
		},
	);

	test('that cannot be parsed is quoted in the error', () => {
		expect(() => parseWrk('unable to connect')).toThrow('unable to connect');
	});
});

describe('the figures', () => {
	const load = (requestsPerSecond: number, p99: number) => ({ requests: 1, requestsPerSecond, p50: 1, p99 });
	const round = (service: number, memory: number, express: number): Round => ({
		service: load(service, 3),
		'in-memory': load(memory, 2),
		'express-pg': load(express, 20),
		hits: load(20, 4),
		'hits-with-key': load(18, 5),
	});
	const figures = summarize([round(40, 50, 4), round(90, 100, 5), round(10, 40, 1)], {
		generator: 'wrk 4',
		postgres: 'PostgreSQL 18',
		connections: 64,
		seconds: 5,
	});

	test('are medians over the rounds, with ratios taken within each round', () => {
		expect(figures.loads.service.requestsPerSecond).toBe(40);
		expect(figures.ratios).toEqual({
			'requests/s, service : in-memory': 0.8,
			'requests/s, service : express-pg': 10,
			'p99, service : in-memory': 1.5,
			'requests/s, hits with a key : without': 0.9,
		});
	});

	test('are formatted as a table with aligned columns', () => {
		const text = formatCounterFigures(figures);
		expect(text).toMatch(/^this service {26}40 {4}1.00 {4}3.00$/m);
		expect(text).toMatch(/^the same server, no database {10}50 {4}1.00 {4}2.00$/m);
		expect(text).toMatch(/^requests\/s, service : express-pg +10.00$/m);
	});
});
