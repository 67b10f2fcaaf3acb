/** How a test file takes what it needs from other modules. */
export interface ModuleForm {
	/** `require` for JavaScript in CommonJS that nothing compiles. */
	readonly keyword: 'import' | 'require';
	/** Whether Node itself imports the packages, so that CommonJS has a default export and often nothing else. */
	readonly isNative: boolean;
}

/** A line that takes `names`, such as `pg` or `{ Pool }`, from a module. */
export function load({ keyword }: ModuleForm, names: string, from: string): string {
	if (keyword === 'import') return `import ${names} from '${from}';`;
	return `const ${names.replaceAll(' as ', ': ')} = require('${from}');`;
}
