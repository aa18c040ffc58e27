import type { Random } from '../random';
import type { Deed } from './acts';
import type { MindClient } from './mind-client';

type Choose = (random: Random, client: MindClient) => Deed | null;

const NAMES = ['Ada', 'Brook', 'Cleo', 'Dara'];
const NEVER = 100_000;

/** What a client may do next, and how likely it is to do it. Null: it has nothing to do it with. */
const CHOICES: readonly (readonly [weight: number, choose: Choose])[] = [
  [30, newAppend],
  [6, sameAppend],
  [14, turn],
  [10, (random) => ({ kind: 'open', input: { text: `water plant number ${random.between(1, NEVER)}` } })],
  [8, close],
  [4, snooze],
  [8, () => ({ kind: 'tick', input: {} })],
  [2, (random) => ({ kind: 'name', input: { name: random.pick(NAMES) } })],
  [6, (random, client) => ({ kind: 'self-model', input: atLeast(random, client) })],
  [
    6,
    (random, client) => ({
      kind: 'commitments',
      input: { ...atLeast(random, client), status: 'open', limit: 200 },
    }),
  ],
  [
    4,
    (random, client) => ({
      kind: 'events',
      input: { after: random.between(0, client.known.position), limit: 20 },
    }),
  ],
  [2, (random, client) => ({ kind: 'reflections', input: atLeast(random, client) })],
];
const TOTAL = CHOICES.reduce((sum, [weight]) => sum + weight, 0);

export function nextDeed(random: Random, client: MindClient, kinds?: readonly Deed['kind'][]): Deed {
  for (;;) {
    let left = random.next() * TOTAL;
    const chosen = CHOICES.find(([weight]) => (left -= weight) < 0)?.[1];
    const deed = chosen?.(random, client);
    if (deed && (kinds?.includes(deed.kind) ?? true)) return deed;
  }
}

export function newAppend(random: Random, { known }: MindClient): Deed {
  const events = Array.from({ length: random.between(1, 4) }, (_, n) => ({
    id: random.uuid(),
    kind: 'x.chaos',
    content: `note ${random.between(1, NEVER)} ü ${'.'.repeat(random.between(0, 200))}`,
    meta: { n, weight: random.next() },
  }));
  const expects = random.chance(0.1) ? { expectedPosition: known.position } : {};
  return { kind: 'append', input: { events, ...expects } };
}

/** The ids of an append are known for ever: it must answer what it answered first. */
function sameAppend(random: Random, { known }: MindClient): Deed | null {
  if (known.appends.length === 0) return null;
  return { kind: 'append', input: { ...random.pick(known.appends), again: true } };
}

function turn(random: Random): Deed {
  const n = random.between(1, NEVER);
  const text = random.pick([
    `Promise me to sweep room ${n}.`,
    `Your name is ${random.pick(NAMES)}.`,
    `Remember that box ${n} is blue.`,
    `From now on, answer in ${random.pick(['short', 'long'])} sentences.`,
    `How was day ${n}?`,
  ]);
  return { kind: 'turn', input: { turnId: random.uuid(), text } };
}

function close(random: Random, { known }: MindClient): Deed | null {
  const ready = known.open.filter(({ position }) => position < known.position);
  if (ready.length === 0) return null;
  return { kind: 'close', input: { cid: random.pick(ready).cid, evidence: [known.position] } };
}

function snooze(random: Random, { known }: MindClient): Deed | null {
  if (known.open.length === 0) return null;
  const untilTick = known.tick + random.between(1, 20);
  return { kind: 'snooze', input: { cid: random.pick(known.open).cid, untilTick } };
}

/** Most reads name the last position that their client has seen. */
function atLeast(random: Random, { known }: MindClient): { minPosition?: number } {
  return random.chance(0.8) && known.position > 0 ? { minPosition: known.position } : {};
}
