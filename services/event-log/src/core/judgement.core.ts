import type { AppendReply } from '#libs/contracts';
import type { LooseEvent } from './chain.core';

/** An event that is in the log already, as far as a judgement needs it. */
export interface KnownEvent {
  id: string;
  position: number;
  hash: string;
  body: string;
}

/** What an append's ids say: nothing of it is known, all of it is there, or something contradicts the log. */
export type Judgement =
  { verdict: 'new' } | { verdict: 'duplicate'; reply: AppendReply } | { verdict: 'conflict'; reason: string };

/** Ids are judged before anything else: the same events again get the first answer, for ever. */
export function judgeIds(events: readonly LooseEvent[], known: ReadonlyMap<string, KnownEvent>): Judgement {
  const found = events.map((event) => known.get(event.id));
  const first = found[0];
  if (found.every((event) => event === undefined)) return { verdict: 'new' };
  for (const [index, event] of events.entries()) {
    const there = found[index];
    if (!there) return conflict(`id ${event.id} is new, but others of the same append are in the log`);
    if (!isSameEvent(event, there)) return conflict(`id ${event.id} is in the log with other content`);
    if (there.position !== (first?.position ?? 0) + index)
      return conflict(`id ${event.id} is in the log at another place of the order`);
  }
  const from = first?.position ?? 0;
  const headHash = found.at(-1)?.hash ?? '';
  return { verdict: 'duplicate', reply: { from, to: from + events.length - 1, headHash, duplicate: true } };
}

const conflict = (reason: string): Judgement => ({ verdict: 'conflict', reason });

/** `{"at":"2025-01-01T00:00:00.000Z"` is as long in every body: what follows is the writer's part, up to `mind`. */
const AT_CHARS = 32;

/** Compares kind, content and meta without parsing: both texts are canonical. */
const isSameEvent = (event: LooseEvent, there: KnownEvent): boolean =>
  there.body.startsWith(
    `,"content":${JSON.stringify(event.content)},"id":"${event.id}",` +
      `"kind":${JSON.stringify(event.kind)},"meta":${event.metaJson},"mind":"`,
    AT_CHARS,
  );
