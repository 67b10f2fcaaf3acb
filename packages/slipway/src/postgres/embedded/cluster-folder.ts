import { join } from 'node:path';

/** Where the files of a server have those of its cluster. */
export const clusterIn = (directory: string) => join(directory, 'cluster');
