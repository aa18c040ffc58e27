/** One append of a rule that is under way, or in the log and not yet folded. */
export interface PendingAppend {
  readonly rule: string;
  readonly ids: Set<string>;
  /** The events are in the log at or before this position; null while nobody knows. */
  until: number | null;
}

/**
 * Which rules of which minds have an append that is not yet folded. Kept beside the minds, so that a mind that is thrown
 * out and loaded again does not decide twice. Bounded: beyond `maxMinds` the oldest is forgotten, and its rule may then
 * decide once more, which the log's ids and the duties in the state make harmless.
 */
export class PendingAppends {
  private readonly byMind = new Map<string, Set<PendingAppend>>();

  constructor(private readonly maxMinds: number) {}

  /** True while this rule must not decide again. */
  blocks(mind: string, rule: string): boolean {
    const pending = this.byMind.get(mind);
    if (pending) for (const append of pending) if (append.rule === rule) return true;
    return false;
  }

  begin(mind: string, rule: string, ids: readonly string[]): PendingAppend {
    const append: PendingAppend = { rule, ids: new Set(ids), until: null };
    const pending = this.byMind.get(mind);
    if (pending) pending.add(append);
    else this.byMind.set(mind, new Set([append]));
    for (const oldest of this.byMind.keys()) {
      if (this.byMind.size <= this.maxMinds) break;
      this.byMind.delete(oldest);
    }
    return append;
  }

  /** The events are in the log at or before `until`; what is folded already no longer waits. */
  written(
    mind: string,
    append: PendingAppend,
    { until, watermark }: { until: number; watermark: number },
  ): void {
    append.until = until;
    if (until <= watermark) this.end(mind, append);
  }

  /** Nothing was written: the rule may decide again. */
  end(mind: string, append: PendingAppend): void {
    const pending = this.byMind.get(mind);
    if (pending?.delete(append) && pending.size === 0) this.byMind.delete(mind);
  }

  folded(mind: string, event: { id: string; position: number }): void {
    if (this.byMind.size === 0) return;
    for (const append of this.byMind.get(mind) ?? []) {
      append.ids.delete(event.id);
      if (append.ids.size === 0 || (append.until !== null && append.until <= event.position)) {
        this.end(mind, append);
      }
    }
  }
}
