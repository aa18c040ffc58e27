import type { MindEvent } from '#libs/contracts';
import { World } from '#test/replay/world';
import { ofReflection } from './beside-reflection';

const LINES = [
  'COMMIT: look after the garden',
  'DONE: none #1',
  'DIRECTIVE: ask more',
  'COMMIT: no',
  'POLICY: reflection.min_turns = 6',
];

/** A mind that promised one thing and reflects on it. */
function reflected(lines: readonly string[]): World {
  const world = new World('ada', () => `I looked back at all that.\nIt was good to me.\n${lines.join('\n')}`);
  world.turn('t1', 'Well?', 'Yes.\nCOMMIT: plant a tree');
  world.append([
    { id: '00000000-0000-4000-8000-000000000001', kind: 'reflection_requested', content: '', meta: {} },
  ]);
  world.tick();
  return world;
}

describe('events of a reflection’s control lines', () => {
  const world = reflected(LINES);
  const [reflection] = world.kinds('reflection');
  const beside = (kind: string) => {
    const event = world.kinds(kind).find(({ position }) => position > (reflection?.position ?? 0));
    return event && ofReflection(event, world.log);
  };

  it.each([
    ['commitment_open', LINES[0]],
    ['autonomy_directive', LINES[2]],
    ['policy_update', LINES[4]],
  ])('%s names the reflection and its line', (kind, controlLine) =>
    expect(beside(kind)).toEqual({
      cause: reflection,
      numbers: { reflection: reflection?.position, controlLine },
    }),
  );

  it('a close names its line', () => {
    const cid = String(world.kinds('commitment_open')[0]?.meta['cid']);
    const other = reflected([`DONE: ${cid} #4`]);
    const [close] = other.kinds('commitment_close');
    expect(ofReflection(close as MindEvent, other.log)?.numbers['controlLine']).toBe(`DONE: ${cid} #4`);
  });

  it('what no line asked for is not of the reflection', () => {
    const [open, directive] = ['commitment_open', 'autonomy_directive'].map((kind) =>
      world.kinds(kind).at(-1),
    );
    const other = { ...(open as MindEvent), content: 'something else' };
    expect(ofReflection(other, [reflection as MindEvent, other])).toBeNull();
    expect(ofReflection(world.kinds('commitment_open')[0] as MindEvent, world.log)).toBeNull();
    // The same words once more, after an event that is of no line.
    const tick = { ...(world.kinds('autonomy_tick')[0] as MindEvent), position: world.log.length + 1 };
    const later = { ...(directive as MindEvent), position: world.log.length + 2 };
    expect(ofReflection(later, [...world.log, tick, later])).toBeNull();
  });
});
