import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'rolldown/utils';

// Preload it with --import: Node strips types, but does not compile JSX. The image contains JavaScript and does without.
const jsx = { runtime: 'automatic', importSource: 'hono/jsx' } as const;

registerHooks({
	load(url, context, nextLoad) {
		if (!url.endsWith('.tsx')) return nextLoad(url, context);
		const path = fileURLToPath(url);
		const { code, errors } = transformSync(path, readFileSync(path, 'utf8'), { jsx, sourcemap: false });
		if (errors.length > 0)
			throw new SyntaxError(`${path}: ${errors.map(({ message }) => message).join('\n')}`);
		return { format: 'module', source: code, shortCircuit: true };
	},
});
