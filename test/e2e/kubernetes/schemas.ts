import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { makeDirectory } from 'slipway/test-helpers/temporary-directory';
import type { Resource } from './manifests.ts';

/**
 * What the published schemas do not allow in the resources: unknown fields, missing ones and wrong values. `@cdk8s-kit/crds`
 * has them as TypeScript, those of CloudNativePG included, so that the compiler compares.
 */
export async function schemaErrors(resources: readonly Resource[]): Promise<string> {
	using folder = makeDirectory();
	symlinkSync(join(projectRoot, 'node_modules'), join(folder.path, 'node_modules'));
	const file = join(folder.path, 'resources.ts');
	const constants = await Promise.all(resources.map(toConstant));
	writeFileSync(file, [types, ...constants].join('\n'));
	const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'esnext'];
	const { stdout } = await runProcess(join(projectRoot, 'node_modules/.bin/tsc'), [...options, file], {
		cwd: folder.path,
	});
	return stdout;
}

const types = `
import type * as k8s from '@cdk8s-kit/crds/k8s';
import type * as pg from '@cdk8s-kit/crds/pg';

/** The package has enumerations, and classes with a value for what may be a number or a text. */
type Plain<T> = T extends string ? \`\${T}\`
	: T extends number | boolean ? T
	: T extends Date ? string
	: T extends { readonly value: infer V } ? ([keyof T] extends ['value'] ? V : Fields<T>)
	: Fields<T>;
type Fields<T> = { [K in keyof T]: Plain<T[K]> };

/** Fields of a Cluster that the package does not have yet, or spells in another way. */
interface Others {
	spec: {
		bootstrap: { initdb: { postInitApplicationSQL: string[] } };
		postgresql: { pg_hba: string[]; synchronous: { failoverQuorum: boolean } };
	};
}
`;

const packages = { k8s: '@cdk8s-kit/crds/k8s', pg: '@cdk8s-kit/crds/pg' };

async function toConstant({ apiVersion, kind, ...fields }: Resource): Promise<string> {
	const name = `${kind}_${fields.metadata.name}`.replaceAll('-', '_');
	const others = kind === 'Cluster' ? ' & Others' : '';
	return `export const ${name}: Plain<${await findType(apiVersion, kind)}>${others} = ${JSON.stringify(fields)};`;
}

/** The type of what a resource has besides its kind, such as `k8s.KubeDeploymentProps`. */
async function findType(apiVersion: string, kind: string): Promise<string> {
	for (const [name, path] of Object.entries(packages)) {
		const classes = Object.entries((await import(path)) as Record<string, { GVK?: Partial<Resource> }>);
		const found = classes.find(([, { GVK }]) => GVK?.apiVersion === apiVersion && GVK.kind === kind);
		if (found !== undefined) return `${name}.${found[0]}Props`;
	}
	throw new Error(`no schema for ${kind} of ${apiVersion}`);
}
