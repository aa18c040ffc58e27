/** One line of the table. */
export interface Figure {
  /** What was measured. */
  name: string;
  value: Reading;
  /** What it is compared with, from the same run. */
  yardstick?: Reading & { name: string };
  /** Value by yardstick, as the target means it. */
  ratio?: number;
  target?: Target;
  /** What the reader should know, such as sizes or why something could not be measured. */
  note?: string;
}

export interface Reading {
  /** Absent: it could not be measured; the figure's note says why. */
  median?: number;
  p99?: number;
  spread?: number;
  unit: string;
}

export interface Target {
  text: string;
  met: boolean;
}

export const atMost = (value: number, limit: number, what = ''): Target => ({
  text: `${what}≤ ${limit}`,
  met: value <= limit,
});

export const atLeast = (value: number, limit: number, what = ''): Target => ({
  text: `${what}≥ ${limit}`,
  met: value >= limit,
});

/** Several targets of one figure; all must be met. */
export const all = (...targets: Target[]): Target => ({
  text: targets.map(({ text }) => text).join('; '),
  met: targets.every(({ met }) => met),
});
