import { type Chart, chartSize, drawChart } from '../chart.ts';
import type { Reading } from '../live/reading.ts';
import { assetUrl } from './assets.ts';

/** Renders the page with this number. */
export type RenderPage = (count: bigint, reading: Reading | undefined) => string;

/** Takes the number's place in the page. */
const placeholder = '@count';

/** Renders the rest of the page once for each reading: a request only puts its number in. */
export function createPageRenderer(): RenderPage {
	let parts = renderParts(undefined);
	let rendered: Reading | undefined;
	return (count, reading) => {
		if (reading !== rendered) {
			parts = renderParts(reading);
			rendered = reading;
		}
		return `${parts.before}${count}${parts.after}`;
	};
}

function renderParts(reading: Reading | undefined): { before: string; after: string } {
	const html = `<!doctype html>${<Page chart={reading?.hits && drawChart(reading.hits)} />}`;
	const [before = '', after = ''] = html.split(placeholder);
	return { before, after };
}

function Page({ chart }: { chart: Chart | undefined }) {
	return (
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>Counter</title>
				<link rel="icon" type="image/svg+xml" href={assetUrl('icon.svg')} />
				<link rel="stylesheet" href={assetUrl('page.css')} />
				<script type="module" src={assetUrl('page.js')} />
			</head>
			<body>
				<main>
					<h1>Counter: {placeholder}</h1>
					<p>Every visit gets its own number. It is on disk before you see it.</p>
					<form method="post" action="/counter">
						<button type="submit">Count</button>
						<output />
					</form>
					<HitsPerMinute chart={chart} />
				</main>
				<footer>
					<a href="/api/docs">API</a>
					<a href="/readyz">Health</a>
					<span id="connection" />
				</footer>
			</body>
		</html>
	);
}

function HitsPerMinute({ chart }: { chart: Chart | undefined }) {
	const { width, height } = chartSize;
	return (
		<figure>
			<figcaption>
				<h2>Hits per minute</h2>
				<p id="summary">{chart?.summary ?? 'There are no figures at the moment.'}</p>
			</figcaption>
			<svg
				viewBox={`0 0 ${width} ${height}`}
				preserveAspectRatio="none"
				role="img"
				aria-label="Hits per minute"
				aria-describedby="summary"
			>
				<path id="bars" d={chart?.bars ?? ''} />
				<path id="current" d={chart?.current ?? ''} />
			</svg>
			<div class="axis" aria-hidden="true">
				<span>1 hour ago</span>
				<span>now</span>
			</div>
		</figure>
	);
}
