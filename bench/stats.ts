/** Gives the middle of some figures. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Gives half of the distance between the quartiles, as a share of the median: how far apart the rounds were. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median(values);
}

/** Divides two series round by round: what disturbed a round disturbed both. */
export function ratios(of: readonly number[], by: readonly number[], less = 0): readonly number[] {
  return of.map((value, round) => (value - less) / ((by[round] ?? Number.NaN) - less));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
