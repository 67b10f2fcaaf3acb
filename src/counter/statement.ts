/** A statement whose parameters are $1, $2 and so on, each once and in this order, as the template that `Ask` takes. */
export function statementOf(text: string): TemplateStringsArray {
	const parts = text.split(/\$\d+/);
	return Object.assign(parts, { raw: parts });
}
