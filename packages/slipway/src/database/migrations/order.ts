/** Sorts by number as node-pg-migrate does; names without one come first. */
export function compareNames(a: string, b: string): number {
	return compare(sequenceNumber(a) ?? -1n, sequenceNumber(b) ?? -1n) || compare(a, b);
}

function compare<T extends bigint | string>(a: T, b: T): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** The leading number of a migration's name; 17 digits are a UTC time and count as its milliseconds. */
export function sequenceNumber(name: string): bigint | undefined {
	const digits = /^(\d+)_[\w.-]+$/.exec(name)?.[1];
	if (digits === undefined) return undefined;
	if (digits.length !== 17) return BigInt(digits);
	const milliseconds = Date.parse(
		digits.replace(/^(.{4})(..)(..)(..)(..)(..)(...)$/, '$1-$2-$3T$4:$5:$6.$7Z'),
	);
	return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds);
}
