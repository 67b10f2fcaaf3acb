import type { Child } from 'hono/jsx';
import { jsxRenderer, useRequestContext } from 'hono/jsx-renderer';
import { type Env, takeMessages } from '../session/session.ts';

declare module 'hono' {
	interface ContextRenderer {
		// biome-ignore lint/style/useShorthandFunctionType: an interface merges with hono's, and a type cannot.
		(content: string | Promise<string>, page: { title: string }): Response | Promise<Response>;
	}
}

/** The frame of all pages: `c.render(content, { title })` renders one. */
export const layout = jsxRenderer(({ children, title }: { children?: Child; title: string }) => (
	<html lang="en">
		<head>
			<meta charset="utf-8" />
			<meta name="viewport" content="width=device-width, initial-scale=1" />
			<title>{title} – Pony club</title>
			<link rel="stylesheet" href="/style.css" />
			<link rel="icon" href="data:," />
		</head>
		<body>
			<header>
				<Navigation />
			</header>
			<main>
				<Messages />
				<h1>{title}</h1>
				{children}
			</main>
		</body>
	</html>
));

function Navigation() {
	const { path } = useRequestContext().req;
	const link = (href: string, text: string) => (
		<a href={href} aria-current={path === href ? 'page' : undefined}>
			{text}
		</a>
	);
	return (
		<nav aria-label="Main">
			{link('/ponies', 'Ponies')}
			{link('/owners', 'Owners')}
			{link('/handlers', 'Handlers')}
		</nav>
	);
}

function Messages() {
	return takeMessages(useRequestContext<Env>()).map((message) => (
		<p role="status" class="message">
			{message}
		</p>
	));
}
