import type { MindEvent, NewEvent, ServiceName } from '#libs/contracts';
import { decided, type Rule } from '#libs/kernel';
import type { Log } from '../link';
import type { Metrics } from '../metrics';
import type { Alarms } from './alarms';
import type { Effect } from './cache-options';
import type { DecisionWriter } from './decision-writer';
import type { PendingAppends } from './pending-appends';
import type { Resident } from './resident';

export interface DeciderParts<S> {
  service: ServiceName;
  rules: readonly Rule<S>[];
  writer: Pick<DecisionWriter, 'write'>;
  pending: PendingAppends;
  alarms: Alarms;
  metrics: Pick<Metrics, 'decideSeconds'>;
  logger: Log;
  /** How far a mind is folded now; 0 when it is not resident. */
  watermarkOf: (mind: string) => number;
}

/** Runs a service's rules and effects on live events. */
export class Decider<S> {
  private readonly rules = new Map<string, Rule<S>[]>();
  private readonly effects = new Map<string, Effect<S>[]>();

  constructor(private readonly parts: DeciderParts<S>) {
    for (const rule of parts.rules) addByKind(this.rules, rule);
  }

  addEffect(effect: Effect<S>): void {
    addByKind(this.effects, effect);
  }

  /** Whether a rule or an effect names this kind of event. */
  concerns(kind: string): boolean {
    return this.rules.has(kind) || this.effects.has(kind);
  }

  /** Decides on an event that was folded just now. A rule that throws is an alarm; the others and the fold go on. */
  decideOn(resident: Resident<S>, event: MindEvent): void {
    if (!this.concerns(event.kind)) return;
    const started = performance.now();
    this.decide(resident, event);
    this.parts.metrics.decideSeconds.observe((performance.now() - started) / 1000);
  }

  private decide({ mind, state }: Resident<S>, event: MindEvent): void {
    for (const rule of this.rules.get(event.kind) ?? []) {
      if (this.parts.pending.blocks(mind, rule.name)) continue;
      this.guarded(mind, rule.name, event, () => {
        for (const decision of rule.decide(state, event)) {
          const events = decided(mind, this.parts.service, rule.name, decision);
          if (events.length > 0) this.append(mind, rule.name, events);
        }
      });
    }
    for (const effect of this.effects.get(event.kind) ?? []) {
      this.guarded(mind, 'effect', event, () => effect.react(mind, state, event));
    }
  }

  private guarded(mind: string, rule: string, { position }: MindEvent, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.parts.alarms.raise('rule_failed', { mind, rule, position, error: String(error) });
    }
  }

  private append(mind: string, rule: string, events: NewEvent[]): void {
    const { pending, writer, logger, watermarkOf } = this.parts;
    const append = pending.begin(
      mind,
      rule,
      events.map(({ id }) => id),
    );
    writer.write(mind, rule, events).then(
      (result) => {
        if (!result.done) return pending.end(mind, append);
        pending.written(mind, append, { until: result.until, watermark: watermarkOf(mind) });
      },
      (error: unknown) => {
        logger.error(`mind ${mind}: ${rule} failed`, error);
        pending.end(mind, append);
      },
    );
  }
}

function addByKind<T extends { readonly kinds: readonly string[] }>(map: Map<string, T[]>, item: T): void {
  for (const kind of item.kinds) map.set(kind, [...(map.get(kind) ?? []), item]);
}
