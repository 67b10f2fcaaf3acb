import { renderDocument } from '../http/html.ts';

export function renderPage(count: bigint): string {
	return renderDocument('Counter', `<h1>Counter: ${count}</h1>`);
}
