import type { NewEvent } from '#libs/contracts';
import { Phrases } from '../generate/phrases';
import { Random } from '../generate/random';

/** New events as writers send them: statements of some 200 characters. */
export class Notes {
  private readonly random: Random;
  private readonly phrases: Phrases;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.phrases = new Phrases(this.random);
  }

  next(): NewEvent {
    return { id: this.random.uuid(), kind: 'knowledge_assert', content: this.phrases.said(3, 5), meta: {} };
  }

  take(count: number): NewEvent[] {
    return Array.from({ length: count }, () => this.next());
  }
}
