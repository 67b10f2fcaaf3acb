#!/usr/bin/env node
const [major = 0] = process.versions.node.split('.').map(Number);

if (major < 22) {
	process.stderr.write(
		`error: slipway needs Node 22 or later, and this is Node ${process.versions.node}\n  Install a current version: https://nodejs.org\n`,
	);
	process.exitCode = 1;
} else {
	// Imported only now: an older Node could not load it.
	const { runSlipway } = await import('./slipway.ts');
	await runSlipway(process.argv.slice(2), process.env);
}
