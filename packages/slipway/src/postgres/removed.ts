/** Something that a provider removed. */
export interface Removed {
	readonly kind: 'volume' | 'image' | 'snapshot' | 'folder';
	readonly name: string;
}
