/** How far minds were folded when they were thrown out. Bounded: the one that left first is forgotten first. */
export class LeftMinds {
  private readonly watermarks = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** 0 when nobody remembers. */
  watermark(mind: string): number {
    return this.watermarks.get(mind) ?? 0;
  }

  left(mind: string, watermark: number): void {
    this.watermarks.delete(mind);
    this.watermarks.set(mind, watermark);
    if (this.watermarks.size <= this.max) return;
    const [first] = this.watermarks.keys();
    if (first !== undefined) this.watermarks.delete(first);
  }

  forget(mind: string): void {
    this.watermarks.delete(mind);
  }
}
