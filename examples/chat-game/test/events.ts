import type { Hono } from 'hono';

/** An open stream of server-sent events. */
export interface Events extends AsyncDisposable {
	/** Waits for this many messages, and returns their contents. */
	take(count: number): Promise<readonly string[]>;
}

export async function readEvents(
	app: Hono,
	channel: string,
	headers: Record<string, string> = {},
): Promise<Events> {
	const { body } = await app.request(`${channel}/events`, { headers });
	if (body === null) throw new Error('no stream');
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let text = '';
	return {
		async take(count) {
			const contents: string[] = [];
			for (;;) {
				const end = text.indexOf('\n\n');
				if (end >= 0) {
					const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
					text = text.slice(end + 2);
					if (data !== undefined) contents.push(JSON.parse(data).content);
				} else if (contents.length < count) {
					const { done, value } = await reader.read();
					if (done) throw new Error(`the stream ended after ${contents.length} of ${count} messages`);
					text += value;
				} else return contents;
			}
		},
		[Symbol.asyncDispose]: () => reader.cancel(),
	};
}
