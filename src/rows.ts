// Written by scripts/migrate types from the migrated database: what a row is in TypeScript when it comes from openClient.
// Change the schema, not this file.

export interface CounterRow {
	readonly name: string;
	readonly value: string;
}
