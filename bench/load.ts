/** What a benchmark that puts load on the counter service gets. */
export interface LoadBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	/** How long the load lasts in each measurement. */
	readonly seconds: number;
	/** Prints progress. */
	readonly report: (line: string) => void;
}
