import { isKind, type Kind, type MindEvent } from '#libs/contracts';

/** Who wrote an event, by which rule, and which earlier kinds of event made it do so. */
export interface Emitter {
  service: string;
  rule: string;
  /** The latest event of any of these kinds before it is a cause. */
  after: readonly Kind[];
}

const by = (service: string, rule: string, ...after: Kind[]): Emitter => ({ service, rule, after });
const turn = (rule: string) => by('conversation', rule);
const said = (rule: string) => by('conversation', rule, 'user_message');
const tick = (service: string, rule: string, ...after: Kind[]) =>
  by(service, rule, 'autonomy_tick', ...after);
const caller = (service: string, rule: string) => by(service, `${rule}, asked for by a caller`);
const imported = by('event-log', 'import');

type Choice = Emitter | ((meta: MindEvent['meta']) => Emitter);

const bySource =
  (choices: Partial<Record<string, Emitter>>, otherwise: Emitter): Choice =>
  ({ source }) =>
    (typeof source === 'string' ? choices[source] : undefined) ?? otherwise;

const reflected = by('reflection', 'a line of a reflection', 'reflection');

/** The rules of docs/events, by kind; `satisfies` makes a new kind name its emitter here. */
const EMITTERS = {
  user_message: turn('a turn'),
  assistant_message: turn('a turn'),
  turn_failed: ({ code }) => (code === 'timeout' ? tick('conversation', 'turn_timeout') : turn('a turn')),
  hallucination_detected: turn('the check of a reply'),
  user_identity_set: said('what the user said'),
  knowledge_assert: ({ origin }) =>
    origin === undefined ? caller('projection', 'assert') : turn('what the user said'),
  autonomy_directive: bySource({ reflection: reflected }, turn('a sentence or a DIRECTIVE line')),
  identity_propose: bySource({ api: caller('projection', 'adopt') }, turn('a sentence or a NAME line')),
  identity_adopt: bySource(
    { api: caller('projection', 'adopt'), user: turn('what the user said') },
    tick('projection', 'adopt_proposal'),
  ),
  identity_clear: imported,
  identity_change: imported,
  trait_update: tick('projection', 'trait_drift'),
  commitment_open: bySource(
    { api: caller('commitment', 'open'), reflection: reflected },
    turn('a COMMIT line of a reply'),
  ),
  commitment_evidence: by('commitment', 'evidence'),
  commitment_close: by('commitment', 'close, by a caller or a DONE line'),
  commitment_expire: tick('commitment', 'expire'),
  commitment_snooze: caller('commitment', 'snooze'),
  commitment_update: caller('commitment', 'update'),
  commitment_rebind: by('commitment', 'rebind'),
  commitment_due: tick('commitment', 'due'),
  project_assign: caller('commitment', 'assign'),
  project_close: by('commitment', 'project_close', 'commitment_close', 'commitment_expire'),
  reflection_requested: caller('reflection', 'request'),
  reflection: ({ trigger }) => attempt(trigger),
  reflection_rejected: ({ trigger }) => attempt(trigger),
  meta_reflection: tick('reflection', 'meta_reflection'),
  self_assessment: tick('reflection', 'self_assessment'),
  bandit_reward: tick('reflection', 'bandit_reward'),
  policy_update: tick('reflection', 'policy_update or a POLICY line', 'self_assessment'),
  stage_update: tick('projection', 'stage_update'),
  metrics_update: tick('projection', 'metrics_update'),
  invariant_violation: imported,
  summary: imported,
  model_switch: caller('conversation', 'switch-model'),
  autonomy_tick: ({ reason }) => by('tick-coordinator', `the clock of the mind (${String(reason)})`),
} satisfies Record<Kind, Choice>;

function attempt(trigger: unknown): Emitter {
  if (trigger === 'manual') return tick('reflection', 'gate: manual', 'reflection_requested');
  if (trigger === 'identity') return tick('reflection', 'gate: identity', 'identity_adopt');
  return tick('reflection', `gate: ${String(trigger)}`);
}

/** The emitter of an event, as far as its kind and meta tell. */
export function emitterOf({ kind, meta }: MindEvent): Emitter {
  if ('legacy' in meta) return imported;
  if (!isKind(kind)) return by('gateway', 'an event of its own, appended by a caller');
  const choice: Choice = EMITTERS[kind];
  return typeof choice === 'function' ? choice(meta) : choice;
}
