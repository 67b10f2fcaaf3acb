import { html } from 'hono/html';
import type { Channel } from '../channels/store.ts';

type Html = ReturnType<typeof html>;

const page = (title: string, main: Html): Html => html`<!doctype html>
<html lang="en">
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width">
	<title>${title}</title>
	<main>
		<h1>${title}</h1>
		${main}
	</main>
</html>`;

export const homePage = (channels: readonly Channel[]): Html =>
	page(
		'Channels',
		html`<ul>${channels.map(
			({ channel, recentMessages }) =>
				html`<li><a href="/channels/${channel}">${channel}</a>, ${recentMessages} messages in the last 24 hours</li>`,
		)}</ul>`,
	);

/** Contains no messages: the script gets all of them, old and new, from the stream. */
export const channelPage = (channel: string): Html =>
	page(
		channel,
		html`<ol role="log"></ol>
		<form>
			<label>Message <input name="content" required maxlength="2000" autocomplete="off"></label>
			<button>Send</button>
			<output></output>
		</form>
		<script type="module" src="/channel.js"></script>`,
	);
