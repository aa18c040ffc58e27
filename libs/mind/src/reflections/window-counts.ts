import { TRAITS, type MindEvent, type Trait } from '#libs/contracts';
import { objectField } from '../events/event-fields';

/** What happened between two meta-reflections, or two self-assessments. */
export interface WindowCounts {
  /** Position of its first event. */
  from: number;
  reflections: number;
  opened: number;
  closed: number;
  expired: number;
  traitDelta: Partial<Record<Trait, number>>;
}

export const emptyWindow = (from: number): WindowCounts => ({
  from,
  reflections: 0,
  opened: 0,
  closed: 0,
  expired: 0,
  traitDelta: {},
});

export function countInWindow(window: WindowCounts, event: MindEvent): void {
  switch (event.kind) {
    case 'reflection':
      window.reflections++;
      break;
    case 'commitment_open':
      window.opened++;
      break;
    case 'commitment_close':
      window.closed++;
      break;
    case 'commitment_expire':
      window.expired++;
      break;
    case 'trait_update': {
      const delta = objectField(event, 'delta');
      for (const trait of TRAITS) {
        const value = delta[trait];
        if (typeof value === 'number') window.traitDelta[trait] = (window.traitDelta[trait] ?? 0) + value;
      }
    }
  }
}
