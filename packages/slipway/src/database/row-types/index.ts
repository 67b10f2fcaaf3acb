import type { Connection } from '../../connection/index.ts';
import { readColumns } from './columns.ts';
import { renderRowTypes } from './render.ts';

/**
 * TypeScript interfaces for the rows of a database as `openClient` returns them. Throws `row-types-collide`.
 */
export async function writeRowTypes(connection: Connection): Promise<string> {
	return renderRowTypes(await readColumns(connection));
}
