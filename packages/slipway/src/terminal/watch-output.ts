import { SlipwayError } from '../errors.ts';
import { formatFault } from './format-fault.ts';

/**
 * A reader of the output that goes away, as `head` does, ends the command as a terminal that goes away would: quietly,
 * and in good order where the command has its own way to end. Output that cannot be written, to a full disk, is a fault.
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
	const hint = 'Send it elsewhere, or make room where it goes.';
	const fault = new SlipwayError('output-not-written', `the output is lost: ${cause.message}`, hint, {
		cause,
	});
	process.stderr.write(`${formatFault(fault, false)}\n`);
	process.exit(1);
}
