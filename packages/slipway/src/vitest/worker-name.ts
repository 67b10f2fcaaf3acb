/** vitest's name for this worker. One that ends is followed by another of the same name. */
export const workerName = (): string => process.env.VITEST_POOL_ID ?? '';
