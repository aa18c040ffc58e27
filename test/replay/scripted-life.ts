import { numbersFrom, World } from './world';

const WORDS =
  'garden report river letter friend music question answer morning promise window table number story winter summer bridge city train paper light water stone cloud field'.split(
    ' ',
  );

/** What a model says when it looks back: mostly something new, sometimes the same again, too little, or nothing. */
function reflectionText(next: (below: number) => number, n: number): string | null {
  const sentence = () => Array.from({ length: 7 }, () => WORDS[next(WORDS.length)]).join(' ');
  switch (next(12)) {
    case 0:
      return '';
    case 1:
      return null;
    case 2:
    case 3:
      return 'I looked back at what was said to me.\nMy identity stays as it is today.';
    case 4:
      return `${sentence()}\n${sentence()}\nCOMMIT: ${sentence()}\nPOLICY: reflection.min_turns = ${1 + next(9)}`;
    case 5:
      return `${sentence()}\n${sentence()}\nDONE: cunknown #3\nDIRECTIVE: ${WORDS[n % 9]} first`;
    default:
      return `My name is my own; ${sentence()}\n${sentence()} ${n}`;
  }
}

/** What a model answers: promises made, kept and forgotten, lies about evidence, malformed lines, failures. */
function answerText(world: World, next: (below: number) => number): string | null {
  const [cid] = [...world.promises.commitments.open.keys()];
  const latest = [...world.promises.commitments.open.keys()].at(-1);
  switch (next(9)) {
    case 0:
      return null;
    case 1:
    case 2:
      return `Yes.\nCOMMIT: ${WORDS[next(WORDS.length)]} and ${WORDS[next(WORDS.length)]} for Nova`;
    case 3:
    case 4:
      return `It is done.\nDONE: ${cid ?? 'cnone'} #${world.log.length}`;
    case 5:
      return `No.\nDONE: ${latest ?? 'cnone'} #99999\nDONE: I did it\nCOMMIT: no`;
    case 6:
      return `Perhaps.\nNAME: ${WORDS[next(3)] === 'garden' ? 'Iris' : 'Nova'}\nDIRECTIVE: be brief`;
    default:
      return `I hear you, ${WORDS[next(WORDS.length)]}.`;
  }
}

const SAID = [
  'Please tell me about Paris',
  'My name is Sam.',
  'Always answer in plain words please.',
  'Remember that I live in Rome.',
  'How are you?',
  'Your name is Nova.',
];

export interface LifeMarks {
  /** Positions of the log where the idle stretch begins and ends. */
  idleFrom: number;
  idleTo: number;
  traitsBefore: Record<string, number>;
  traitsAfter: Record<string, number>;
}

/**
 * A life of 300 turns and 2,000 ticks and more, always the same: talk, a name, promises kept, dropped and forgotten,
 * failures, and then 1,020 ticks in which nobody speaks.
 */
export function scriptedLife(): { world: World; marks: LifeMarks } {
  const next = numbersFrom(20260101);
  const world = new World('ada', (_style, n) => reflectionText(next, n));
  for (let n = 0; n < 300; n++) {
    world.wait(5 + next(30));
    if (next(25) === 0) world.say(`open-${n}`, 'are you there?');
    else
      world.turn(
        `turn-${n}`,
        SAID[n === 3 ? 5 : next(SAID.length - (n < 150 ? 1 : 0))] ?? '',
        answerText(world, next),
      );
    for (let ticks = 3 + next(4); ticks > 0; ticks--) world.wait(10).tick();
  }
  for (let ticks = 0; ticks < 120; ticks++) world.wait(10).tick();
  const idleFrom = world.log.length;
  const traitsBefore = { ...world.self.traits };
  for (let ticks = 0; ticks < 500; ticks++) world.wait(10).tick();
  const marks = { idleFrom, idleTo: world.log.length, traitsBefore, traitsAfter: { ...world.self.traits } };
  // Nothing grows any more: the scores fall until the stage does.
  for (let ticks = 0; ticks < 400; ticks++) world.wait(10).tick();
  return { world, marks };
}
