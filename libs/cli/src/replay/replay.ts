import { upcast, type MindEvent } from '#libs/contracts';
import { digestOf, linkFault, type Fold } from '#libs/kernel';
import { SERVICE_FOLDS, type OpaqueFold } from '#libs/mind';
import { PmmError } from '#libs/client';

/** What a whole log comes to. */
export interface Replayed {
  mind: string | null;
  position: number;
  headHash: string | null;
  events: number;
  services: Record<string, { digest: string; foldVersion: number }>;
}

interface ExportLine {
  export: { format: string; mind: string; events: number; headHash: string | null };
}

const refuse = (message: string): never => {
  throw new PmmError('invalid_request', message, { retryable: false });
};

/** Folds an export line by line, each link of its chain checked, with nothing but the log and the folds. */
export class Replay {
  private readonly states: Map<string, Record<string, unknown>>;
  private previous: { position: number; hash: string | null } = { position: 0, hash: null };
  private mind: string | null = null;
  private closed = false;

  constructor(private readonly folds: Readonly<Record<string, OpaqueFold>> = SERVICE_FOLDS) {
    this.states = new Map(Object.entries(folds).map(([service, fold]) => [service, fold.initialState()]));
  }

  /** Takes the next line and returns the position reached. @throws PmmError that names the first bad line */
  take(line: string): number {
    const { position } = this.previous;
    if (this.closed) refuse(`there is something after the export line`);
    const value = parse(line, position + 1);
    if (isExportLine(value)) this.close(value);
    else this.fold(value as MindEvent);
    return this.previous.position;
  }

  /** @throws PmmError when the log was cut */
  finish(): Replayed {
    if (!this.closed) refuse(`the export is cut after position ${this.previous.position}`);
    const { position, hash } = this.previous;
    const services = Object.entries(this.folds).map(([service, fold]) => {
      const digest = digestOf(fold, this.stateOf(service));
      return [service, { digest, foldVersion: fold.version }];
    });
    return {
      mind: this.mind,
      position,
      headHash: hash,
      events: position,
      services: Object.fromEntries(services) as Replayed['services'],
    };
  }

  private fold(stored: MindEvent): void {
    const at = this.previous.position + 1;
    const fault = isEvent(stored) ? linkFault(stored, this.previous) : 'it is no event';
    if (fault !== null) refuse(`position ${at}: ${fault}`);
    this.mind ??= stored.mind;
    const event = upcast(stored);
    for (const [service, fold] of Object.entries(this.folds))
      this.states.set(service, (fold as Fold<Record<string, unknown>>).evolve(this.stateOf(service), event));
    this.previous = { position: stored.position, hash: stored.hash };
  }

  private close({ export: { mind, events, headHash } }: ExportLine): void {
    if (events !== this.previous.position) refuse(`the export line tells of ${events} events`);
    if (headHash !== this.previous.hash) refuse('the export line tells of another head');
    this.mind ??= mind;
    this.closed = true;
  }

  private stateOf(service: string): Record<string, unknown> {
    const state = this.states.get(service);
    if (!state) throw new TypeError(`no state of ${service}`);
    return state;
  }
}

function parse(line: string, position: number): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    const message = `the line of position ${position} is not JSON; only exports can be replayed, import a ledger first`;
    throw new PmmError('invalid_request', message, { retryable: false, cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('only exports can be replayed; import a ledger first');
  return value;
}

const isExportLine = (value: object): value is ExportLine =>
  'export' in value && typeof value.export === 'object' && value.export !== null;

function isEvent(value: object): value is MindEvent {
  const event = value as Partial<MindEvent>;
  const texts = [event.mind, event.id, event.kind, event.at, event.content, event.hash];
  return (
    texts.every((text) => typeof text === 'string') && typeof event.meta === 'object' && event.meta !== null
  );
}
