import { cpus } from 'node:os';

export interface Machine {
	readonly machine: string;
	readonly node: string;
}

export function machine(): Machine {
	const processors = cpus();
	return {
		machine: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`,
		node: process.version,
	};
}
