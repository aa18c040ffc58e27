import { TRAITS } from '#libs/contracts';
import { happening, type Happening, type Life } from './life';

type Write = (life: Life) => Generator<Happening>;

const one = (write: (life: Life) => Happening): Write =>
  function* (life) {
    yield write(life);
  };
const cidOf = ({ open, random }: Life): string => (open.length > 0 ? random.pick(open) : 'c00000000000');
const NAMES = ['Nova', 'Ada', 'Echo', 'Łucja', 'Ren-7'];
const PROJECTS = ['house', 'letters', 'journey'];
const DIRECTIVES = ['answer briefly', 'cite the events', 'ask before guessing', 'be kind to strangers'];
const HOUR_MS = 3_600_000;

/** What happens now and then in a mind's life: every kind of the registry that `Life` itself does not write. */
const RARITIES: Write[] = [
  one((life) => life.openOne({ source: 'user', project: life.random.pick(PROJECTS), priority: 'high' })),
  one((life) => life.openOne({ source: 'api', ttlTicks: 5_000 })),
  one((life) => happening('knowledge_assert', {}, life.phrases.said(1, 2))),
  one((life) =>
    happening('autonomy_directive', { source: 'user' }, `${life.random.pick(DIRECTIVES)} ${life.turns % 50}`),
  ),
  one((life) => happening('user_identity_set', { name: life.random.pick(['Sam', 'Kim']), confidence: 1 })),
  one((life) =>
    happening('commitment_evidence', { cid: cidOf(life), evidence: [life.position] }, 'half done'),
  ),
  one((life) => happening('commitment_snooze', { cid: cidOf(life), untilTick: life.tick + 20 })),
  one((life) =>
    happening('commitment_update', { cid: cidOf(life), reason: 'clearer' }, life.phrases.words(6)),
  ),
  one((life) => happening('project_assign', { cid: cidOf(life), project: life.random.pick(PROJECTS) })),
  one((life) => happening('project_close', { project: life.random.pick(PROJECTS) })),
  one((life) =>
    happening('trait_update', { delta: { [life.random.pick(TRAITS)]: 0.02 }, reason: 'close_rate_up' }),
  ),
  one(() =>
    happening('policy_update', { component: 'reflection', params: { min_turns: 3 }, reason: 'by hand' }),
  ),
  one(() => happening('stage_update', { from: 'S1', to: 'S2', ias: 0.6, gas: 0.5 })),
  one(() => happening('invariant_violation', { code: 'NAME', details: {} })),
  one((life) => happening('summary', { from: 1, to: Math.max(1, life.position) }, life.phrases.said(2, 4))),
  one((life) => happening('x.note', { any: [life.tick] }, life.phrases.said(1, 1))),
  one(() =>
    happening('reflection_rejected', {
      trigger: 'stuck',
      style: 'narrative',
      reason: 'overlap',
      overlap: 0.9,
    }),
  ),
  one(() =>
    happening('model_switch', {
      from: { provider: 'echo', model: 'echo' },
      to: { provider: 'echo', model: 'echo' },
    }),
  ),
  function* adoption(life) {
    const name = life.random.pick(NAMES);
    const about = { name, source: 'user', confidence: 1 };
    yield happening('identity_propose', about);
    yield happening('identity_adopt', { ...about, previous: life.name, proposal: -1 });
    const rebind = { adoption: Math.max(1, life.position), oldName: life.name, newName: name };
    yield happening('commitment_rebind', { cid: cidOf(life), ...rebind }, `ask ${name} ${life.commitments}`);
    life.name = name;
  },
  function* cleared(life) {
    yield happening('identity_clear', { reason: 'asked' });
    yield happening('identity_adopt', { name: life.name, source: 'api', confidence: 1 });
  },
  function* requested(life) {
    yield happening('reflection_requested', {});
    yield* life.reflect();
  },
  function* due(life) {
    const event = life.openOne({ source: 'user', dueAt: new Date(HOUR_MS).toISOString() });
    const { cid, dueAt } = event.meta;
    yield event;
    yield happening('commitment_due', { cid: String(cid), dueAt: String(dueAt) });
    yield happening('commitment_expire', { cid: String(cid), reason: 'overdue' });
    life.open.pop();
  },
  function* failed(life) {
    const turnId = `turn-${++life.turns}`;
    yield happening('user_message', { turnId, userName: 'Sam' }, life.phrases.said(1, 2), 3_000);
    yield happening('hallucination_detected', { turnId, claims: ['[#99999999]'] });
    yield happening('turn_failed', { turnId, code: 'model_unavailable', retryable: true }, '', 5_000);
  },
];

/** The n-th of them, counted round; without a number all of them, one after the other. */
export function* rarities(life: Life, n?: number): Generator<Happening> {
  const chosen = n === undefined ? RARITIES : [RARITIES[n % RARITIES.length] as Write];
  for (const write of chosen) yield* write(life);
}
