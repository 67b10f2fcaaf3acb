/** The path of the image's volume, or a parent of it. */
export const home = '/var/lib/postgresql';
