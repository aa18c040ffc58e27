import type { Random } from '../random';
import type { Act, AppendInput, Deed } from './acts';
import type { History } from './history';
import {
  codeOf,
  isDone,
  type Call,
  type Outcome,
  type Patience,
  type RetryingClient,
} from './retrying-client';

export interface MindClientParts {
  client: RetryingClient;
  history: History;
  random: Random;
}

/** What the clients of one mind know from the answers they got. */
interface Known {
  /** The furthest position that some answer named. */
  position: number;
  tick: number;
  open: { cid: string; position: number }[];
  appends: AppendInput[];
}

/** Acts on one mind and writes down what came of it. */
export class MindClient {
  readonly known: Known = { position: 0, tick: 0, open: [], appends: [] };
  /** Turns whose end nobody has seen yet, with their texts. */
  readonly unfinished = new Map<string, string>();

  constructor(
    readonly mind: string,
    private readonly parts: MindClientParts,
  ) {}

  async act(deed: Deed, patience?: Patience): Promise<Outcome> {
    if (deed.kind === 'turn') this.unfinished.set(deed.input.turnId, deed.input.text);
    const startedMs = performance.now();
    const outcome = await this.parts.client.call(this.#callOf(deed), patience);
    const act = { ...deed, mind: this.mind, startedMs, endedMs: performance.now(), outcome } as Act;
    this.parts.history.add(act);
    this.#learn(act);
    return outcome;
  }

  #callOf(deed: Deed): Call {
    const path = `/v1/minds/${this.mind}`;
    const post = (rest: string, body: unknown): Call => {
      return { method: 'POST', path: `${path}${rest}`, body, key: this.parts.random.uuid() };
    };
    switch (deed.kind) {
      case 'append': {
        const { events, expectedPosition } = deed.input;
        return post('/events', { events, expectedPosition });
      }
      case 'turn':
        return post('/turns', deed.input);
      case 'open':
        return post('/commitments', deed.input);
      case 'close':
        return post(`/commitments/${deed.input.cid}/close`, { evidence: deed.input.evidence });
      case 'snooze':
        return post(`/commitments/${deed.input.cid}/snooze`, { untilTick: deed.input.untilTick });
      case 'import':
        return { method: 'POST', path: `${path}/import`, upload: () => deed.input.file.upload() };
      case 'tick':
        return post('/ticks', {});
      case 'name':
        return post('/identity', deed.input);
      case 'self-model':
      case 'commitments':
      case 'events':
      case 'reflections':
        return { method: 'GET', path: `${path}/${deed.kind}${queryOf(deed.input)}` };
    }
  }

  #learn(act: Act): void {
    const { known } = this;
    if (act.kind === 'turn' && (isDone(act.outcome) || isFinal(act.outcome)))
      this.unfinished.delete(act.input.turnId);
    if (!isDone(act.outcome)) return;
    const { body } = act.outcome;
    const positions = body.positions as { reply?: number } | undefined;
    known.position = Math.max(
      known.position,
      numberOf(body.position),
      numberOf(body.to),
      positions?.reply ?? 0,
    );
    if (act.kind === 'append' && !act.input.again) known.appends.push(act.input);
    if (act.kind === 'open') known.open.push({ cid: String(body.cid), position: numberOf(body.position) });
    if (act.kind === 'close') known.open = known.open.filter(({ cid }) => cid !== act.input.cid);
    if (act.kind === 'tick') known.tick = Math.max(known.tick, numberOf(body.tick));
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The turn is over without a reply, and says so for ever. */
const isFinal = (outcome: Outcome): boolean =>
  ['model_unavailable', 'model_refused', 'id_conflict'].includes(codeOf(outcome) ?? '');

function queryOf(input: object): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return given.length === 0 ? '' : `?${text.toString()}`;
}
