/** What the figures of a benchmark are. */
export const describeRounds = (count: number) => (count === 1 ? 'one round' : `medians of ${count} rounds`);
