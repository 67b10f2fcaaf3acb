// Shows the messages of the channel as they are posted, and posts one.
const list = document.querySelector('ol');
const form = document.querySelector('form');
const output = document.querySelector('output');

follow();
form.addEventListener('submit', (event) => {
	event.preventDefault();
	post().catch(({ message }) => {
		output.textContent = message;
	});
});

function follow() {
	list.replaceChildren();
	const source = new EventSource(`${location.pathname}/events`);
	source.addEventListener('message', ({ data }) => list.append(item(JSON.parse(data))));
	// Browsers reconnect automatically, except after an error response such as 502.
	source.addEventListener('error', () => {
		if (source.readyState === EventSource.CLOSED) setTimeout(follow, 2000);
	});
}

function item({ user, content }) {
	const element = document.createElement('li');
	element.textContent = `${user}: ${content}`;
	return element;
}

/** If the service answers with 401, the browser asks for the name and password. */
async function post() {
	const response = await fetch(`${location.pathname}/messages`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(Object.fromEntries(new FormData(form))),
	});
	if (!response.ok) throw new Error((await response.json()).error);
	form.reset();
	output.textContent = '';
}
