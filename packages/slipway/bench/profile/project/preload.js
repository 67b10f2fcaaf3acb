// Loaded by each worker before vitest. Writes what happened when: the marks of the tests, and what its sockets did.
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { threadId } from 'node:worker_threads';
import { Backend } from './backend.js';

const now = () => performance.timeOrigin + performance.now();
const events = [];
const record = (event, details = {}) => events.push({ at: now(), event, ...details });

globalThis.mark = record;
record('preload');
watchSockets();
process.once('SIGTERM', () => process.exit()); // vitest ends its workers with it.
process.on('exit', () => {
	record('exit');
	const line = JSON.stringify({ origin: performance.timeOrigin, thread: threadId, events });
	appendFileSync('timeline.jsonl', `${line}\n`);
});

/** Records when a socket connects, waits for an answer, gets it, and ends. */
function watchSockets() {
	const { connect } = Socket.prototype;
	let count = 0;
	Socket.prototype.connect = function (...args) {
		const id = ++count;
		const backend = new Backend((event, details) => record(event, { id, ...details }));
		record('connect', { id });
		const { push } = this;
		this.push = function (chunk, ...rest) {
			if (chunk !== null) backend.receive(chunk);
			return push.call(this, chunk, ...rest);
		};
		this.once('close', () => record('close', { id }));
		connect.apply(this, args);
		// Afterwards, because connect() sets it.
		const { write } = this;
		this.write = function (...rest) {
			record('ask', { id });
			return write.apply(this, rest);
		};
		return this;
	};
}
