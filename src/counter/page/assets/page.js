// Keeps the number and the chart up to date, and counts without loading the page again.
const heading = document.querySelector('h1');
const form = document.querySelector('form');
const output = document.querySelector('output');
const connection = document.querySelector('#connection');

let shown = countIn(heading.textContent);
let source;

follow();
document.addEventListener('visibilitychange', follow);
form.addEventListener('submit', (event) => {
	event.preventDefault();
	hit();
});

/** Only visible pages follow: a browser opens at most six connections to a server for all of its pages. */
function follow() {
	source?.close();
	if (document.hidden) return;
	let isFirst = true;
	source = new EventSource('/api/counter/events');
	source.addEventListener('open', () => {
		showConnection('Live');
		isFirst = true;
	});
	source.addEventListener('count', ({ data }) => {
		show(BigInt(data), isFirst);
		isFirst = false;
	});
	source.addEventListener('chart', ({ data }) => showChart(JSON.parse(data)));
	source.addEventListener('error', reconnect);
}

/** A browser reconnects by itself, except after an error response. */
function reconnect() {
	showConnection('Reconnecting');
	if (source.readyState === EventSource.CLOSED) setTimeout(follow, 1000 + Math.random() * 2000);
}

function showConnection(state) {
	connection.textContent = state;
	connection.classList.toggle('live', state === 'Live');
}

/** An update may be older than the number of one's own hit. The first one after connecting is not. */
function show(count, isCurrent) {
	if (count <= shown && !isCurrent) return;
	shown = count;
	heading.textContent = `Counter: ${count}`;
}

function showChart({ bars, current, summary }) {
	document.querySelector('#bars').setAttribute('d', bars);
	document.querySelector('#current').setAttribute('d', current);
	document.querySelector('#summary').textContent = summary;
}

async function hit() {
	try {
		const response = await fetch('/api/counter', { method: 'POST' });
		if (!response.ok) throw new Error(response.statusText);
		const count = countIn(await response.text());
		show(count);
		output.textContent = `Yours is number ${count}.`;
	} catch {
		output.textContent = 'Not counted. Try again in a moment.';
	}
}

/** Not JSON.parse: the number may be larger than JavaScript numbers are exact. */
function countIn(text) {
	return BigInt(text.match(/\d+/)[0]);
}
