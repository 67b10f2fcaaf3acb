// Generated from the migrated database by `slipway migrate types`: the rows as openClient returns them.
// Do not edit: change the schema and generate it again.

export interface HandlerRow {
	readonly id: number;
	readonly name: string;
}

export interface OwnerRow {
	readonly id: number;
	readonly name: string;
}

export interface PonyRow {
	readonly id: number;
	readonly owner_id: number;
	readonly name: string;
	readonly born: number;
}

export interface PonyHandlerRow {
	readonly pony_id: number;
	readonly handler_id: number;
}
