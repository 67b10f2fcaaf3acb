import { join } from 'node:path';

/** The folder of the cluster in a server's directory. */
export const clusterIn = (directory: string) => join(directory, 'cluster');
