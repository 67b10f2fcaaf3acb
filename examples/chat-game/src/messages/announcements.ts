/**
 * Wakes the streams of a channel when it may have new messages. Announcements carry no messages: each stream queries those
 * that it has not sent, as fast as its client reads. This costs a query per stream and message, but needs no queue.
 */
export class Announcements {
	readonly #subscriptions = new Set<Subscription>();
	#closed = false;

	get closed(): boolean {
		return this.#closed;
	}

	subscribe(channel: string): Subscription {
		const subscription = new Subscription(channel, () => this.#subscriptions.delete(subscription));
		this.#subscriptions.add(subscription);
		return subscription;
	}

	announce(channel: string): void {
		for (const each of this.#subscriptions) if (each.channel === channel) each.wake();
	}

	announceAll(): void {
		for (const each of this.#subscriptions) each.wake();
	}

	/** Ends the streams. */
	close(): void {
		this.#closed = true;
		this.announceAll();
	}
}

export class Subscription {
	readonly channel: string;
	readonly cancel: () => void;
	/** Remembers a wake between two waits. */
	#woken = false;
	#resolve = () => {};

	constructor(channel: string, cancel: () => void) {
		this.channel = channel;
		this.cancel = cancel;
	}

	wake(): void {
		this.#woken = true;
		this.#resolve();
	}

	/** Waits for a wake since the last wait. Returns false if there is none within `ms`. */
	async wait(ms: number): Promise<boolean> {
		if (!this.#woken) {
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#resolve = resolve;
			const timer = setTimeout(resolve, ms);
			await promise;
			clearTimeout(timer);
		}
		const woken = this.#woken;
		this.#woken = false;
		return woken;
	}
}
