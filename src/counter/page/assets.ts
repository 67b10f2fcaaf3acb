import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { respondWithProblem } from '../../http/problem.ts';

const types = {
	'icon.svg': 'image/svg+xml',
	'page.css': 'text/css; charset=utf-8',
	'page.js': 'text/javascript; charset=utf-8',
};
type Name = keyof typeof types;

interface Asset {
	readonly url: string;
	readonly content: Uint8Array<ArrayBuffer>;
	readonly type: string;
}

const assets: Readonly<Record<Name, Asset>> = {
	'icon.svg': loadAsset('icon.svg'),
	'page.css': loadAsset('page.css'),
	'page.js': loadAsset('page.js'),
};

/** The URL contains a hash of the content, so that browsers may keep it for good. */
function loadAsset(name: Name): Asset {
	const content = Uint8Array.from(readFileSync(join(import.meta.dirname, 'assets', name)));
	const hash = createHash('sha256').update(content).digest('base64url').slice(0, 10);
	return { url: `/assets/${hash}/${name}`, content, type: types[name] };
}

export function assetUrl(name: Name): string {
	return assets[name].url;
}

export function assetRoutes(): Hono {
	return new Hono().get('/assets/*', (c) => {
		const asset = Object.values(assets).find(({ url }) => url === c.req.path);
		return asset === undefined ? respondWithProblem(c, 404) : respondWithAsset(asset);
	});
}

function respondWithAsset({ content, type }: Asset): Response {
	return new Response(content, {
		headers: {
			'Cache-Control': 'public, max-age=31536000, immutable',
			'Content-Type': type,
			'X-Content-Type-Options': 'nosniff',
		},
	});
}
