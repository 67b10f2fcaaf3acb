import { ledgerSchema } from '../migrations/ledger.ts';

export const schemaNames = ['public', ledgerSchema] as const;
export type SchemaName = (typeof schemaNames)[number];

export const objectKinds = ['TABLES', 'SEQUENCES', 'FUNCTIONS'] as const;
export type ObjectKind = (typeof objectKinds)[number];

/** What the app may do with the objects of a schema: all with data, and with the ledger nothing but read it. */
export const schemaRules: Record<SchemaName, Record<ObjectKind, readonly string[]>> = {
	public: {
		TABLES: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
		SEQUENCES: ['USAGE', 'SELECT'],
		FUNCTIONS: ['EXECUTE'],
	},
	[ledgerSchema]: { TABLES: ['SELECT'], SEQUENCES: [], FUNCTIONS: [] },
};
