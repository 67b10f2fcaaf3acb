import { SlipwayError } from '../../errors.ts';

const orEmbedded = 'or use no container: SLIPWAY_POSTGRES=embedded';

/** The `SlipwayError` for an engine at `address` that cannot be used. */
export function explainEngineError(error: unknown, address: string): unknown {
	if (error instanceof SlipwayError) return error;
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'EACCES' || code === 'EPERM') return denied(address, error);
	return new SlipwayError(
		'no-engine',
		`no container engine answers at ${address}: ${reasons[code ?? ''] ?? message}`,
		`Start Docker (or Podman, or Colima), set DOCKER_HOST to its socket, ${orEmbedded}.`,
		{ cause: error },
	);
}

export function silentEngine(address: string, milliseconds: number): SlipwayError {
	return new SlipwayError(
		'engine-silent',
		`the container engine at ${address} did not answer within ${milliseconds / 1000} s`,
		`Restart it, set DOCKER_HOST to another one, ${orEmbedded}.`,
	);
}

const reasons: Record<string, string> = {
	ENOENT: 'there is no such socket',
	ECONNREFUSED: 'nothing listens there',
	ENOTFOUND: 'the host name is unknown',
};

function denied(address: string, cause: unknown): SlipwayError {
	const user = process.getuid === undefined ? 'this user' : `uid ${process.getuid()}`;
	return new SlipwayError(
		'engine-denied',
		`${user} has no permission to use the container engine's socket ${address}`,
		`Join the group that owns the socket (sudo usermod -aG docker YOU, then log in again), set DOCKER_HOST to the socket of a rootless engine, ${orEmbedded}.`,
		{ cause },
	);
}
