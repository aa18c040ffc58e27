import { REJECTIONS, STAGES, STYLES, TRAITS, TRIGGERS, type JsonObject, type Kind } from '#libs/contracts';
import type { Act, Happening, LogSoFar } from './generate-log';

type Write = (log: LogSoFar, picks: Act['picks']) => Omit<Happening, 'kind'>;

const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;
const NAMES = ['Nova', 'Ada', 'Echo', 'nova', 'Łucja', 'Persistent Mind', 'Ren-7'];
const TEXTS = [
  'finish the report',
  'ask Ada about it',
  'call Echo back',
  'write to Nova',
  '日本語のメモ',
  'Plan  the week',
];
const SAID = [
  'Your name is Nova.',
  'Please tell me about Paris',
  'My name is Sam. Always answer in French please.',
  'Remember that the sky is blue',
  'I did it [#3]',
  'naïve café – déjà vu 😀',
];
const REFLECTIONS = [
  'I looked back at what was said.\nMy identity stays as it is today.',
  'My name is what I answer to.\nI keep what I promised to people.',
  'One question remains open for me.\nThe answer will come with time.',
  'I looked back at what was said.\nMy identity stays as it is today, I think.',
];

const say = (content: string, meta: JsonObject = {}) => ({ content, meta });
const note = (meta: JsonObject) => ({ content: '', meta });
const position = (log: LogSoFar, n: number): number => 1 + (n % log.position);
const cidOf = (log: LogSoFar, n: number): string => (log.cids.length === 0 ? 'cunknown' : pick(log.cids, n));
const turnOf = (log: LogSoFar, n: number): string => (log.turns.length === 0 ? 'turn-x' : pick(log.turns, n));
const later = (log: LogSoFar, hours: number) =>
  new Date(Date.parse(log.at) + hours * 3_600_000).toISOString();

function openTurn(log: LogSoFar): string {
  const turnId = `turn-${log.position}`;
  log.turns.push(turnId);
  return turnId;
}

function opensWithDue(log: LogSoFar, cid: string, dueAt: string): string {
  log.dues.push({ cid, dueAt });
  return dueAt;
}

/** Every kind that may be written, so that a new one can't be forgotten. */
const WRITERS: Record<Exclude<Kind, 'identity_change'>, Write> = {
  user_message: (log, [a, b]) => {
    const turnId = openTurn(log);
    return say(pick(SAID, a), b % 5 === 0 ? { turnId, userName: pick(NAMES, b) } : { turnId });
  },
  assistant_message: (log, [a, b]) =>
    say(pick(SAID, b), {
      turnId: turnOf(log, log.turns.length - 1 + (a % 4 === 0 ? a : 0)),
      ...{ provider: 'echo', model: 'echo', contextPosition: position(log, a), promptDigest: 'd' },
    }),
  turn_failed: (log, [a]) => note({ turnId: turnOf(log, a), code: 'model_unavailable', retryable: true }),
  hallucination_detected: (log, [a]) => note({ turnId: turnOf(log, a), claims: ['[#99]'] }),
  user_identity_set: (_log, [a]) => note({ name: pick(NAMES, a), confidence: 1 }),
  knowledge_assert: (_log, [a]) => say(pick(SAID, a)),
  autonomy_directive: (_log, [a, b]) =>
    say(`${pick(['be  concise', 'never guess', 'cite events'], a)}${b % 4 === 0 ? b : ''}`, {
      source: pick(['user', 'assistant', 'reflection'], b),
    }),
  identity_propose: (log, [a, b]) =>
    note({
      ...{ name: pick(NAMES, a), source: pick(['assistant', 'user', 'api'], b), confidence: 0.9 },
      ...(log.position > 1 && b % 3 === 0 ? { origin: -1 } : {}),
    }),
  identity_adopt: (_log, [a, b]) =>
    note({ name: pick(NAMES, a), source: 'api', confidence: pick([1, 0.9, 0.5], b) }),
  identity_clear: () => note({ reason: 'asked' }),
  trait_update: (_log, [a, b]) =>
    note({
      delta: { [pick(TRAITS, a)]: ((b % 11) - 5) / 100 },
      reason: pick(['close_rate_up', 'novelty_push', 'stable_period', 'by hand'], b),
    }),
  commitment_open: (log, [a, b, c]) => {
    const cid = c % 6 === 0 && log.cids.length > 0 ? cidOf(log, c) : `c${log.position}`;
    log.cids.push(cid);
    const meta: JsonObject = { cid, source: pick(['user', 'assistant', 'reflection', 'api'], b) };
    if (a % 3 === 0) meta.project = pick(['alpha', 'beta'], b);
    if (b % 3 === 0) meta.priority = pick(['high', 'medium', 'low'], a);
    if (c % 3 === 0) meta.dueAt = opensWithDue(log, cid, later(log, (a % 80) - 2));
    if (a % 4 === 0) meta.ttlTicks = 1 + (b % 5);
    if (log.position > 1 && meta.source === 'reflection') meta.origin = -1;
    return say(pick(TEXTS, a), meta);
  },
  commitment_evidence: (log, [a, b]) => note({ cid: cidOf(log, a), evidence: [position(log, b)] }),
  commitment_close: (log, [a, b]) =>
    note({ cid: cidOf(log, a), evidence: [position(log, b)], outcome: pick(['done', 'dropped'], b) }),
  commitment_expire: (log, [a, b]) => note({ cid: cidOf(log, a), reason: pick(['ttl', 'overdue'], b) }),
  commitment_snooze: (log, [a, b]) => note({ cid: cidOf(log, a), untilTick: b % 40 }),
  commitment_update: (log, [a, b]) => say(pick(TEXTS, b), { cid: cidOf(log, a), reason: 'clearer' }),
  commitment_rebind: (log, [a, b, c]) =>
    say(`ask ${pick(NAMES, c)} again`, {
      ...{ cid: cidOf(log, a), adoption: position(log, b), oldName: 'Ada', newName: pick(NAMES, c) },
    }),
  commitment_due: (log, [a]) =>
    note(log.dues.length > 0 ? { ...pick(log.dues, a) } : { cid: cidOf(log, a), dueAt: log.at }),
  project_assign: (log, [a, b]) => note({ cid: cidOf(log, a), project: pick(['alpha', 'beta', 'gamma'], b) }),
  project_close: (_log, [a]) => note({ project: pick(['alpha', 'beta', 'gamma'], a) }),
  reflection_requested: () => note({}),
  reflection: (log, [a, b, c]) => {
    log.reflections.push(log.position);
    const range = { from: position(log, a), to: log.position - 1 };
    return say(pick(REFLECTIONS, c), {
      ...{ trigger: pick(TRIGGERS, a), style: pick(STYLES, b), ...range },
      ...{ provider: 'echo', model: 'echo', overlap: (a % 10) / 20 },
    });
  },
  reflection_rejected: (_log, [a, b]) =>
    note({ trigger: pick(TRIGGERS, a), style: pick(STYLES, b), reason: pick([...REJECTIONS, 'overlap'], b) }),
  meta_reflection: (log, [a]) =>
    note({
      ...{ window: { from: 1, to: position(log, a) }, opened: 3, closed: 1, expired: 0, efficacy: 1 / 3 },
      traitDelta: { openness: 0.02 },
    }),
  self_assessment: (log, [a, b]) =>
    note({
      window: { from: 1, to: position(log, a) },
      ...{ hitRate: pick([0, 0.1, 0.5, 1], b), closeLagTicks: b, efficacy: pick([0, 0.1, 0.6, 1], a) },
    }),
  bandit_reward: (log, [a, b]) =>
    note({
      reflection: log.reflections.length > 0 ? pick(log.reflections, a) : 1,
      ...{ style: pick(STYLES, b), reward: (a % 11) / 10 },
    }),
  policy_update: (_log, [a, b]) =>
    note({
      component: 'reflection',
      params: b % 2 === 0 ? { min_turns: 1 + (a % 6) } : { min_seconds: 10 + a, unknown: 1 },
      reason: 'by hand',
    }),
  stage_update: (_log, [a, b]) => note({ from: pick(STAGES, a), to: pick(STAGES, b), ias: 0.5, gas: 0.5 }),
  metrics_update: (_log, [a, b]) => note({ ias: (a % 21) / 20, gas: (b % 21) / 20 }),
  invariant_violation: (_log, [a, b]) =>
    note({ code: pick(['HASH_CHAIN', 'NAME'], a), details: b % 2 === 0 ? { commitment_id: `c${b}` } : {} }),
  summary: (log) => say('what happened', { from: 1, to: log.position }),
  model_switch: (_log, [a]) =>
    note({ from: { provider: 'echo', model: 'echo' }, to: { provider: 'echo', model: `echo-${a}` } }),
  autonomy_tick: (log, [a]) => note({ tick: ++log.tick, reason: pick(['heartbeat', 'requested', 'due'], a) }),
};

/** How much more often than once each kind happens. */
const OFTEN: Partial<Record<string, number>> = {
  autonomy_tick: 14,
  user_message: 4,
  assistant_message: 4,
  commitment_open: 6,
  commitment_close: 4,
  commitment_due: 3,
  reflection: 9,
  reflection_rejected: 2,
  identity_adopt: 3,
  identity_propose: 3,
};

/** Our own events, each accepted by the registry. */
export const OWN_ACTS: ((log: LogSoFar, picks: Act['picks']) => Happening)[] = Object.entries(WRITERS)
  .flatMap(([kind, write]) => Array<[string, Write]>(OFTEN[kind] ?? 1).fill([kind, write]))
  .concat([['x.note', (_log, [a]) => say(`note ${a}`, { any: [a] })]])
  .map(([kind, write]) => (log, picks) => ({ kind, ...write(log, picks) }));
