export function write(diff: (current: string, desired: string) => Promise<readonly string[]>): Promise<void>;
