import { composeFile, imageIn } from './compose-file.ts';
import type { ProjectFolder } from './project-folder.ts';

/** The PostgreSQL that a project pins. */
export interface PinnedPostgres {
	/** Such as `pgvector/pgvector:pg16`. */
	readonly image: string;
	/** Undefined if the tag does not say. */
	readonly version: number | undefined;
	/** Whether it is PostgreSQL with nothing added. */
	readonly isPlain: boolean;
	/** The file that pins it. */
	readonly file: string;
}

/** From the Compose file, of the project or the workspace, or a workflow of GitHub's. */
export function detectPostgres(folders: readonly ProjectFolder[]): PinnedPostgres | undefined {
	for (const folder of folders) {
		const file = composeFile(folder) ?? workflow(folder);
		const image = imageIn(file?.text ?? '');
		if (file !== undefined && image !== undefined) return pinned(file.path, image.name, image.tag);
	}
	return undefined;
}

function workflow(folder: ProjectFolder) {
	const path = '.github/workflows';
	return folder
		.names(path)
		.map((name) => ({ path: `${path}/${name}`, text: folder.text(`${path}/${name}`) ?? '' }))
		.find(({ text }) => imageIn(text) !== undefined);
}

function pinned(file: string, name: string, tag: string | undefined): PinnedPostgres {
	const version = /(?:^|pg|postgres)(\d{1,2})(?![\d])/.exec(tag ?? '')?.[1];
	return {
		image: tag === undefined ? name : `${name}:${tag}`,
		version: version === undefined ? undefined : Number(version),
		isPlain: /^(docker\.io\/)?(library\/)?postgres$|^bitnami(legacy)?\/postgresql$/.test(name),
		file,
	};
}
