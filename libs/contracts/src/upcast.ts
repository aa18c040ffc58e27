import type { MindEvent } from './event';
import { isKind, REGISTRY } from './registry';

/** `kind` → version → the function that makes the next version's content and meta. Empty while every kind is at 1. */
const UPCASTERS: Record<string, Record<number, (event: MindEvent) => MindEvent>> = {};

/**
 * Brings an event to the newest version of its kind, after its hash was checked and before any fold.
 * @throws RangeError when the event is newer than this process knows.
 */
export function upcast(event: MindEvent): MindEvent {
  const newest = isKind(event.kind) ? REGISTRY[event.kind].version : 1;
  let current = event;
  while (current.version < newest) {
    const step = UPCASTERS[current.kind]?.[current.version];
    if (!step) throw new RangeError(`no upcaster from ${current.kind} version ${current.version}`);
    current = step(current);
  }
  if (current.version > newest)
    throw new RangeError(`${current.kind} version ${current.version} is newer than ${newest}`);
  return current;
}
