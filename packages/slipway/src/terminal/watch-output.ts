import { SlipwayError } from '../errors.ts';
import { formatError } from './format-error.ts';

/**
 * When the reader of the output goes away, as `head` does, ends the command like a closed terminal would: quietly, and
 * through the command's own shutdown if it has one. Output that cannot be written, as to a full disk, is an error.
 */
export function watchOutput(): void {
	let ending = false;
	const onError = (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE') refuse(error);
		if (!ending) process.kill(process.pid, 'SIGHUP');
		ending = true;
	};
	for (const stream of [process.stdout, process.stderr]) stream.on('error', onError);
}

function refuse(cause: Error): never {
	const hint = 'Free some space on the disk, or redirect the output to another one.';
	const error = new SlipwayError(
		'output-not-written',
		`the output could not be written: ${cause.message}`,
		hint,
		{
			cause,
		},
	);
	process.stderr.write(`${formatError(error, false)}\n`);
	process.exit(1);
}
