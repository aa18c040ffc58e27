import { PRIORITIES, type MindEvent } from '#libs/contracts';
import { integerField, isImported, resolveReference, shortField, textField } from '../events/event-fields';
import { cutText } from '../text/cut-text';
import type { OpenCommitment, Priority } from './commitment.types';
import { IMPORTED_TEXT_UNITS } from './commitments.constants';

/**
 * The commitment that a `commitment_open` opens, without its project; null when it has no text, which only an import
 * can bring about: there the text is a field of meta.
 */
export function openedCommitment(event: MindEvent, tick: number): OpenCommitment | null {
  const imported = isImported(event);
  const text = imported ? event.meta.text : event.content;
  if (typeof text !== 'string') return null;
  const commitment: OpenCommitment = {
    text: imported ? cutText(text, IMPORTED_TEXT_UNITS) : text,
    source: shortField(event, 'source') ?? '',
    openedAt: event.at,
    openPosition: event.position,
    openTick: tick,
  };
  addChoices(commitment, event);
  if (imported) commitment.imported = true;
  return commitment;
}

function addChoices(commitment: OpenCommitment, event: MindEvent): void {
  const origin = resolveReference(event, event.meta.origin);
  if (origin !== undefined) commitment.origin = origin;
  const priority = textField(event, 'priority');
  if (isPriority(priority)) commitment.priority = priority;
  const dueAt = textField(event, 'dueAt');
  if (dueAt !== undefined && isTime(dueAt)) commitment.dueAt = dueAt;
  const ttlTicks = integerField(event, 'ttlTicks');
  if (ttlTicks !== undefined && ttlTicks > 0) commitment.ttlTicks = ttlTicks;
}

/** A time as all of our events have it. */
function isTime(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

const isPriority = (value: string | undefined): value is Priority =>
  PRIORITIES.some((priority) => priority === value);
