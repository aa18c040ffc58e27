import type { JsonObject, JsonValue } from '#libs/contracts';
import type { Act, Happening, LogSoFar } from './generate-log';

const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;

/** Ids as an import may bring them, some of which are names that JavaScript's objects have already. */
const CIDS: JsonValue[] = [
  'c1-0',
  'c1-1',
  'c1-2',
  'c1-3',
  '__proto__',
  'constructor',
  '',
  7,
  null,
  'long'.repeat(40),
];
const NAMES: JsonValue[] = [
  'Nova',
  'Ada',
  'echo',
  'Persistent Mind',
  '  ',
  '',
  3,
  ['Nova'],
  null,
  'toString',
];
const TEXTS = ['finish the report', 'ask Ada about it', '', 'Finish the report ', '日本語のメモ'];
const NUMBERS: JsonValue[] = [0.03, -0.2, 0.95, 1, '0.9', null, true, 9e15, -7, {}];
const TRAIT_NAMES = ['openness', 'o', 'C', 'extraversion', 'NEUROTICISM', '__proto__', 'wisdom'];
const REFLECTIONS = [
  'identity',
  'The identity ledger shows growth.',
  'my name is short',
  'Nothing new.',
  ' ',
];

type Write = (picks: Act['picks']) => Omit<Happening, 'kind'>;

const WRITERS: [string, Write][] = [
  ['user_message', ([a]) => ({ content: pick(TEXTS, a), meta: {} })],
  ['assistant_message', ([a]) => ({ content: pick(TEXTS, a), meta: {} })],
  [
    'identity_adopt',
    ([a, b, c]) => ({
      content: pick(['Nova', '', 'Echo'], c),
      meta: {
        name: pick(NAMES, a),
        confidence: pick(NUMBERS, b),
        ...(c % 2 ? { sanitized: pick(NAMES, b) } : {}),
      },
    }),
  ],
  ['identity_change', ([a]) => ({ content: pick(['Name changed to: Ren-7', 'changed', ''], a), meta: {} })],
  ['identity_clear', () => ({ content: '', meta: {} })],
  [
    'trait_update',
    ([a, b]) => ({ content: '', meta: { delta: { [pick(TRAIT_NAMES, a)]: pick(NUMBERS, b) } } }),
  ],
  [
    'trait_update',
    ([a, b]) => ({ content: '', meta: { trait: pick(TRAIT_NAMES, a), delta: pick(NUMBERS, b) } }),
  ],
  [
    'commitment_open',
    ([a, b, c]) => ({
      content: pick(['', 'Commitment opened: x', 'y'], c),
      meta: {
        cid: pick(CIDS, a),
        ...(b % 7 === 0 ? {} : { text: b % 11 === 0 ? null : pick(TEXTS, b) }),
        ...(c % 3 === 0 ? { project: pick<JsonValue>(['alpha', 5, 'p'.repeat(120)], b) } : {}),
        ...(c % 5 === 0 ? { dueAt: pick<JsonValue>(['soon', '2026-01-01T00:00:00.000Z', 4], a) } : {}),
      },
    }),
  ],
  ['commitment_evidence', ([a]) => ({ content: '', meta: { cid: pick(CIDS, a), evidence: 'done' } })],
  ['commitment_close', ([a]) => ({ content: '', meta: { cid: pick(CIDS, a) } })],
  [
    'commitment_expire',
    ([a, b]) => ({ content: '', meta: { cid: pick(CIDS, a), ...(b % 2 ? { reason: 'old' } : {}) } }),
  ],
  [
    'commitment_snooze',
    ([a, b]) => ({
      content: '',
      meta: { cid: pick(CIDS, a), untilTick: pick<JsonValue>([7, '7', null, 1.5, 'x'], b) },
    }),
  ],
  ['reflection', ([a]) => ({ content: pick(REFLECTIONS, a), meta: { style: 3, trigger: 'x' } })],
  [
    'invariant_violation',
    ([a, b]) => ({
      content: '',
      meta: {
        code: pick<JsonValue>(['HASH_CHAIN', 2], a),
        details: pick<JsonValue>([{}, null, { commitment_id: 5 }], b),
      },
    }),
  ],
  [
    'autonomy_directive',
    ([a, b]) => ({
      content: pick([' be   concise', 'never guess', ''], a),
      meta: { source: pick<JsonValue>(['reply', 1, ' Reply '], b) },
    }),
  ],
  ['x.pmm.policy_update', () => ({ content: '', meta: {} })],
];

const tick = (log: LogSoFar): Omit<Happening, 'kind'> => ({
  content: 'autonomy heartbeat',
  meta: { tick: ++log.tick },
});

function imported(kind: string, { content, meta }: Omit<Happening, 'kind'>, log: LogSoFar): Happening {
  const legacy: JsonObject = {
    format: '2025-10',
    id: log.position,
    ts: log.at,
    kind,
    meta: '{}',
    prevHash: null,
    hash: '',
  };
  return { kind, content, meta: { ...meta, legacy } };
}

/** Events as an import of an original ledger brings them, with fields of every wrong type. */
export const IMPORTED_ACTS: ((log: LogSoFar, picks: Act['picks']) => Happening)[] = [
  ...WRITERS.map(
    ([kind, write]) =>
      (log: LogSoFar, picks: Act['picks']) =>
        imported(kind, write(picks), log),
  ),
  ...Array.from({ length: 4 }, () => (log: LogSoFar) => imported('autonomy_tick', tick(log), log)),
];
