import type { JsonObject, MindEvent } from '#libs/contracts';
import { emitterOf } from './emitters';
import { referencesOf } from './references';

const event = (kind: string, meta: JsonObject, position = 20) => ({ kind, meta, position }) as MindEvent;

it('names positions, also those counted backwards', () => {
  expect(referencesOf(event('commitment_open', { cid: 'c1', origin: -2 }))).toEqual([
    { role: 'origin', position: 18 },
  ]);
  expect(referencesOf(event('identity_adopt', { proposal: -1 }))).toEqual([
    { role: 'proposal', position: 19 },
  ]);
  expect(referencesOf(event('bandit_reward', { reflection: 7 }))).toEqual([
    { role: 'reflection', position: 7 },
  ]);
});

it('names evidence, the opening, and what the user said', () => {
  expect(referencesOf(event('commitment_close', { cid: 'c1', evidence: [3, -1] }))).toEqual([
    { role: 'evidence', position: 3 },
    { role: 'evidence', position: 19 },
    { role: 'opened by', cid: 'c1' },
  ]);
  expect(referencesOf(event('assistant_message', { turnId: 't', contextPosition: 12 }))).toEqual([
    { role: 'contextPosition', position: 12 },
    { role: 'said by the user', turnId: 't' },
  ]);
  expect(referencesOf(event('user_message', { turnId: 't' }))).toEqual([]);
});

it('names the ends of a range, and no stages or models', () => {
  expect(referencesOf(event('reflection', { from: 2, to: 9 }))).toHaveLength(2);
  expect(referencesOf(event('meta_reflection', { window: { from: 2, to: 9 } }))).toHaveLength(2);
  expect(referencesOf(event('stage_update', { from: 'S0', to: 'S1' }))).toEqual([]);
  expect(referencesOf(event('model_switch', { from: { model: 'a' }, to: { model: 'b' } }))).toEqual([]);
});

it('takes what an import left there for no reference', () => {
  const meta = { origin: 'x', evidence: [1.5, 'a', 25, 0, -30], window: [1], proposal: null, cid: 5 };
  expect(referencesOf(event('commitment_close', meta as JsonObject))).toEqual([]);
});

it.each([
  ['commitment_open', { source: 'api' }, 'commitment', []],
  ['commitment_open', { source: 'assistant' }, 'conversation', []],
  ['commitment_open', { source: 'reflection' }, 'reflection', ['reflection']],
  ['identity_adopt', { source: 'assistant' }, 'projection', ['autonomy_tick']],
  ['stage_update', {}, 'projection', ['autonomy_tick']],
  ['reflection', { trigger: 'manual' }, 'reflection', ['autonomy_tick', 'reflection_requested']],
  ['turn_failed', { code: 'timeout' }, 'conversation', ['autonomy_tick']],
  ['x.note', {}, 'gateway', []],
  ['reflection', { trigger: 'manual', legacy: {} }, 'event-log', []],
])('knows who wrote %s %j', (kind, meta, service, after) => {
  expect(emitterOf(event(kind, meta as JsonObject))).toMatchObject({ service, after });
});
