/** Figures of one measurement run several times. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('no values')
  return { min: percentile(values, 0), median: percentile(values, 0.5), max: percentile(values, 1) }
}

/** @param share 0 … 1; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]
  if (at === undefined) throw new RangeError('no values')
  return at
}

/** A Markdown table, as it stands in docs/benchmarks.md. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
