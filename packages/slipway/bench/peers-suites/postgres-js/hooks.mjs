import { registerHooks } from 'node:module';

const own = { './test.js': './test.mjs', './bootstrap.js': './bootstrap.mjs' };

/** Gives the tests this folder's runner, and a `psql` that is not installed. */
registerHooks({
	resolve(specifier, context, next) {
		const replaced = context.parentURL?.endsWith('/tests/index.js') ? own[specifier] : undefined;
		return replaced === undefined
			? next(specifier, context)
			: { url: new URL(replaced, import.meta.url).href, shortCircuit: true };
	},
});
