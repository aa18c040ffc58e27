import type { MindEvent } from '#libs/contracts';
import { shorten } from './table';

/** `#12  user_message  Hello` */
export function eventLine({ position, kind, content, meta }: MindEvent): string {
  const detail = content === '' ? metaLine(meta) : shorten(content, 100);
  return `#${position}  ${kind}${detail ? `  ${detail}` : ''}`;
}

/** `  2026-01-01T00:00:00.000Z  #12 …` as in a list of events. */
export const datedEventLine = (event: MindEvent): string => `${event.at}  ${eventLine(event)}`;

function metaLine(meta: MindEvent['meta']): string {
  const entries = Object.entries(meta).filter(([key]) => key !== 'legacy' && key !== 'turnId');
  return shorten(entries.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(' '), 100);
}
