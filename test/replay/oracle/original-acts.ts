import { digits, field, perhaps, type Choice } from './odd-fields';
import * as values from './original-values';
import { Digits, type Written } from './python-text';

/** One event of an original ledger before it has a place. */
export interface OriginalAct {
  kind: string;
  content?: string;
  meta: [string, Written][];
}
type Write = (choice: Choice) => OriginalAct;

export const writeAdopt: Write = (choice) => ({
  kind: 'identity_adopt',
  content: choice.of(values.NAMES),
  meta: [
    ...field(choice, 'name', values.NAMES),
    ...field(choice, 'confidence', values.CONFIDENCES),
    ...perhaps(choice, 'sanitized', ['Persistent', ...values.NAMES]),
  ],
});

const identityChange: Write = (choice) => ({
  kind: 'identity_change',
  content: choice.of(['Name changed to: Ren-7', 'Name changed to: Łucja', 'Name changed to: Persistent Mind', 'changed', '']),
  meta: perhaps(choice, 'name', ['Ada', ' Nova ', '', '  ']),
});

const named = (trait: string, choice: Choice): string =>
  choice.of([trait, trait.charAt(0), trait.toUpperCase(), trait.charAt(0).toUpperCase()]);

/** Each trait at most once: what a map that names one twice comes to depends on an order that no rule tells. */
function deltaMap(choice: Choice): Map<string, Written> {
  const map = new Map<string, Written>();
  for (const trait of [choice.of(values.TRAITS), choice.of(values.TRAITS)])
    if (![...map.keys()].some((key) => key.charAt(0).toLowerCase() === trait.charAt(0)))
      for (const [, delta] of field(choice, trait, values.DELTAS)) map.set(named(trait, choice), delta);
  if (choice.next() % 5 === 0) map.set(choice.of(values.NO_TRAITS), new Digits('0.2'));
  return map;
}

const TRAIT_WRITERS: ((choice: Choice) => [string, Written][])[] = [
  (choice) => [...field(choice, 'trait', [named(choice.of(values.TRAITS), choice)]), ...field(choice, 'delta', values.DELTAS)],
  (choice) => [['delta', deltaMap(choice)], ['reason', 'ratchet']],
  (choice) => [['changes', deltaMap(choice)], ['reason', 'identity_shift']],
  (choice) => [['trait', choice.of(values.NO_TRAITS)], ...field(choice, 'delta', values.DELTAS)],
  (choice) => [['trait', choice.of(values.TRAITS)], ['delta', deltaMap(choice)]],
];
const traitUpdate: Write = (choice) => ({ kind: 'trait_update', meta: choice.of(TRAIT_WRITERS)(choice) });

export const writeOpen: Write = (choice) => ({
  kind: 'commitment_open',
  content: choice.of(values.OPENED),
  meta: [
    ...field(choice, 'cid', values.CIDS),
    ...field(choice, 'text', values.TEXTS),
    ...perhaps(choice, 'project_id', ['alpha', 'beta', '日本']),
    ...perhaps(choice, 'source', ['reflection']),
  ],
});

const end =
  (kind: string, ...more: [string, Written[]][]): Write =>
  (choice) => ({
    kind,
    content: choice.of(['', 'Commitment closed: c1-0']),
    meta: [
      ...field(choice, 'cid', values.CIDS),
      ...more.flatMap(([name, values]) => perhaps(choice, name, values)),
    ],
  });

const close = end(
  'commitment_close',
  ['clean', [true]],
  ['evidence', ['done', [], digits('3', '-1'), new Map()]],
);
const expire = end('commitment_expire', ['reason', ['timeout', 'ttl', 'old', '']]);
const evidence = end('evidence_candidate', ['snippet', ['x', ...values.SAID]], ['evidence', digits('1', '2')]);
const snooze: Write = (choice) => ({
  kind: 'commitment_snooze',
  meta: [...field(choice, 'cid', values.CIDS), ...field(choice, 'until_tick', values.UNTIL)],
});

export const writeTick: Write = (choice) => ({
  kind: 'autonomy_tick',
  content: 'autonomy heartbeat',
  meta: perhaps(choice, 'tick', digits('1', '500', '-3')),
});
const reflection: Write = (choice) => ({
  kind: 'reflection',
  content: choice.of(values.SAID),
  meta: perhaps(choice, 'source', ['reflect']),
});
const violation: Write = (choice) => ({
  kind: 'invariant_violation',
  meta: [
    ...field(choice, 'code', ['TTL_OPEN_COMMITMENTS', 'HASH_CHAIN']),
    ...field(choice, 'details', [
      new Map(),
      ...values.CIDS.map((cid) => new Map<string, Written>([['commitment_id', cid], ['тест', digits('1.0')]])),
      ...[null, true, new Digits('5')].map((odd) => new Map<string, Written>([['commitment_id', odd]])),
    ]),
  ],
});
const said: Write = (choice) => ({
  kind: choice.of(['user', 'response', 'user_message', 'assistant_message', 'identity_clear']),
  content: choice.of(values.SAID),
  meta: perhaps(choice, 'source', ['handle_user']),
});
const other: Write = (choice) => ({
  kind: choice.of(values.KINDS),
  content: choice.of(values.SAID),
  meta: [...perhaps(choice, 'cid', values.CIDS), ...perhaps(choice, 'name', values.NAMES)],
});
export const writeDirective: Write = (choice) => ({
  kind: 'autonomy_directive',
  content: choice.of(values.DIRECTIVES),
  meta: [...field(choice, 'source', values.SOURCES), ...perhaps(choice, 'origin_eid', digits('4', '0', '1.5'))],
});

/** What can happen in an original ledger; what is more frequent stands here more than once. */
export const ORIGINAL_ACTS: readonly Write[] = [
  ...[writeTick, writeTick, writeTick, writeTick, writeTick, writeAdopt, writeAdopt, writeAdopt, identityChange],
  ...[traitUpdate, traitUpdate, traitUpdate, writeOpen, writeOpen, writeOpen, writeOpen, close, expire, expire, expire, expire, snooze, snooze],
  ...[evidence, reflection, reflection, violation, violation, writeDirective, writeDirective, said, other],
];
