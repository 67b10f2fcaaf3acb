// Generated from the migrated database by `slipway migrate types`: the rows as openClient returns them.
// Do not edit: change the schema and generate it again.

export interface CounterRow {
	readonly name: string;
	readonly value: string;
}

export interface CounterMinuteRow {
	readonly name: string;
	readonly minute: Date;
	readonly hits: string;
}

export interface IdempotencyKeyRow {
	readonly key: string;
	readonly name: string;
	readonly hits: string;
	readonly value: string;
	readonly created_at: Date;
}
