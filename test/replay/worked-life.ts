import { World } from './world';

const LOOKING_BACK = [
  'Ann gave me my name, and my name is Nova from now on.\nShe has a garden that I look after with her.\nCOMMIT: ask Ann about the roses, as Nova\nDIRECTIVE: ask before I act',
  'The water came in time this morning, so the beds are fine.\nI kept my word and want to keep it again tomorrow.',
  'A second name so soon: my name is Echo, Ann says, and she grows roses.\nI am still the one who waters them.\nPOLICY: reflection.min_turns = 4',
];

/** Ticks until the stage has changed. */
const LONGEST_WAIT = 100;

/** A short life in which most rules have their turn: what docs/mind.md shows. */
export function workedLife(): World {
  const world = new World('nova', (_style, n) => LOOKING_BACK[n] ?? null);
  const ticks = (count: number) => {
    for (let n = 0; n < count; n++) world.wait(10).tick();
  };
  world.turn('t1', 'Hello! My name is Ann. Your name is Nova.', 'Nice to meet you, Ann.');
  ticks(1);
  world.turn('t2', 'Please look after the garden. Always tell me when you are done.', 'I will.\nCOMMIT: water the garden and sign as Nova');
  const cid = String(world.kinds('commitment_open').at(-1)?.meta['cid']);
  ticks(1);
  world.turn('t3', 'It has rained all night.', `Then it is done [#${world.log.length + 1}].\nDONE: ${cid} #${world.log.length + 1}\nDONE: ${cid} #999`);
  ticks(4);
  world.turn('t4', 'Your name is Echo, and remember that I grow roses.', 'Echo it is.\nCOMMIT: sign as Echo\nCOMMIT: no');
  for (let n = 0; n < LONGEST_WAIT && world.kinds('stage_update').length === 0; n++) ticks(1);
  return world;
}
