import { existsSync, statfsSync } from 'node:fs';
import { temporaryFolders } from '../../postgres/index.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok, warning } from '../finding.ts';

const megabyte = 1024 ** 2;
/** A new server takes about 50 MB, and its write-ahead log up to 1 GB more before PostgreSQL recycles it. */
const needed = 200;
const comfortable = 2000;

/** The disks of the dev server and of temporary servers. */
export function checkDisk({ root }: DoctorContext): Finding[] {
	return [...new Set([root, ...temporaryFolders()])].filter(existsSync).map(checkFree);
}

function checkFree(folder: string): Finding {
	const { bavail, bsize } = statfsSync(folder);
	const free = Math.floor((bavail * bsize) / megabyte);
	const message = `${free} MB are free on the disk of ${folder}`;
	if (free >= comfortable) return ok(message);
	const level = free < needed ? error : warning;
	return level(message, `Free some space: a server and its write-ahead log may need ${comfortable} MB.`);
}
