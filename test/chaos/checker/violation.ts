/** A promise that was not kept. */
export interface Violation {
  promise: string;
  mind: string;
  detail: string;
}

/** Collects what is wrong; `because` is asked only then. */
export class Findings {
  readonly violations: Violation[] = [];

  expect(holds: boolean, promise: string, mind: string, because: () => string): void {
    if (!holds) this.violations.push({ promise, mind, detail: because().slice(0, 600) });
  }
}
