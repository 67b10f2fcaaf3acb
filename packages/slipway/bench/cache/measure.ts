import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type Machine, machine } from '../machine.ts';
import { median } from '../median.ts';
import { makeSuite, type Suite } from '../suite/suite.ts';
import { buildPackage } from '../vitest/build.ts';

export interface CacheBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	/** Megabytes of seeded rows. */
	readonly seedMb: number;
	readonly report: (line: string) => void;
}

/** Times in seconds, sizes in bytes; medians. */
export interface CacheFigures extends Machine {
	readonly rounds: number;
	readonly seedMb: number;
	/** The cache folder, and the archive that a CI keeps of it. */
	readonly size: { readonly folder: number; readonly archive: number };
	/** Unpacking the archive. */
	readonly restore: number;
	/** The first run of the tests in a new clone. */
	readonly firstRun: { readonly restored: number; readonly empty: number };
}

/** As CI services do: tar, compressed with Zstandard, without the download. */
export async function measureCache(benchmark: CacheBenchmark): Promise<CacheFigures> {
	const { root, rounds, seedMb, report } = benchmark;
	using built = buildPackage(root);
	const clone = () =>
		makeSuite(root, built.path, { files: 4, tables: 20, seedMb, isolate: true, workers: undefined });
	using first = clone();
	report('making the snapshot');
	await first.run('server');
	const archive = join(first.folder, 'cache.tar.zst');
	await pack(cacheOf(first), archive);
	const restore: number[] = [];
	const firstRun = { restored: [] as number[], empty: [] as number[] };
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		using restored = clone();
		restore.push(await unpack(archive, cacheOf(restored)));
		firstRun.restored.push(await restored.run('server'));
		using empty = clone();
		firstRun.empty.push(await empty.run('server'));
	}
	return {
		...{ ...machine(), rounds, seedMb },
		size: { folder: sizeOf(cacheOf(first)), archive: statSync(archive).size },
		restore: median(restore),
		firstRun: { restored: median(firstRun.restored), empty: median(firstRun.empty) },
	};
}

const cacheOf = ({ folder }: Suite) => join(folder, 'node_modules/.cache/slipway/snapshots');

async function pack(folder: string, archive: string): Promise<void> {
	rmSync(archive, { force: true });
	const tar = spawn('tar', ['-cC', folder, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(tar, 'close');
	await pipeline(tar.stdout, createZstdCompress(), createWriteStream(archive));
	await succeeds(ended);
}

/** Resolves with the seconds that it takes. */
async function unpack(archive: string, folder: string): Promise<number> {
	mkdirSync(folder, { recursive: true });
	const start = performance.now();
	// It reads the zeros after the end of the archive, too: otherwise it closes the pipe before it has all of them.
	const tar = spawn('tar', ['--ignore-zeros', '-xC', folder], { stdio: ['pipe', 'inherit', 'inherit'] });
	const ended = once(tar, 'close');
	await pipeline(createReadStream(archive), createZstdDecompress(), tar.stdin);
	await succeeds(ended);
	return (performance.now() - start) / 1000;
}

async function succeeds(ended: Promise<unknown[]>): Promise<void> {
	const [code] = await ended;
	if (code !== 0) throw new Error(`tar exited with ${code}`);
}

function sizeOf(folder: string): number {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => statSync(join(folder, name)))
		.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}
