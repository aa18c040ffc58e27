import {
  isKind,
  LIMITS,
  mindIdSchema,
  OWN_KIND,
  REGISTRY,
  timestampSchema,
  UUID,
  type MindEvent,
} from '#libs/contracts';
import { AppError, canonicalJson, checkNewEvent, linkFault } from '#libs/kernel';
import { isCount, isObject, isText } from '../event-fields.core';
import { JsonFault } from './json-tree';

const FIELDS = ['mind', 'position', 'id', 'kind', 'version', 'at', 'content', 'meta', 'prevHash', 'hash'];

/** What the next event of an own export is compared with. */
export interface OwnHead {
  mind: string | null;
  position: number;
  hash: string | null;
  at: string;
}

export const EMPTY_OWN: OwnHead = { mind: null, position: 0, hash: null, at: '' };

/**
 * The event that follows `head` in an own export, and the canonical JSON of its meta. What an import brought earlier
 * (it has `legacy`) is as loose as that import; all else must satisfy the registry.
 * @throws JsonFault that says what is wrong with it.
 */
export function proveOwn(
  value: Record<string, unknown>,
  head: OwnHead,
): { event: MindEvent; metaJson: string } {
  const event = shaped(value);
  const fault = linkFaultOf(event, head);
  if (fault !== null) throw new JsonFault(fault);
  if (head.mind !== null && event.mind !== head.mind)
    throw new JsonFault('mind differs from that of the event before');
  if (event.at < head.at) throw new JsonFault('at is before that of the event before');
  return { event, metaJson: checkedMeta(event) };
}

function linkFaultOf(event: MindEvent, head: OwnHead): string | null {
  try {
    return linkFault(event, head);
  } catch (error) {
    throw asFault(error);
  }
}

/** The kernel's refusals, so that they are told with the position of the event. */
function asFault(error: unknown): unknown {
  return error instanceof AppError ? new JsonFault(error.message, { cause: error }) : error;
}

function shaped(value: Record<string, unknown>): MindEvent {
  for (const field of FIELDS) if (!Object.hasOwn(value, field)) throw new JsonFault(`${field} is missing`);
  for (const field of Object.keys(value))
    if (!FIELDS.includes(field))
      throw new JsonFault(`${JSON.stringify(field.slice(0, 60))} is no field of it`);
  const event = value as unknown as MindEvent;
  const badField = FIELDS.find((field) => !CHECKS[field]?.(value[field]));
  if (badField !== undefined) throw new JsonFault(`${badField} is not valid`);
  return event;
}

const isHash = (value: unknown) => isText(value) && /^[0-9a-f]{64}$/.test(value);

const CHECKS: Record<string, (value: unknown) => boolean> = {
  mind: (value) => mindIdSchema.safeParse(value).success,
  position: isCount,
  id: (value) => isText(value) && UUID.test(value),
  kind: (value) => isText(value) && (isKind(value) || OWN_KIND.test(value)),
  version: isCount,
  at: (value) => isText(value) && timestampSchema.safeParse(value).success && value.length === 24,
  content: isText,
  meta: isObject,
  prevHash: (value) => value === null || isHash(value),
  hash: isHash,
};

function checkedMeta(event: MindEvent): string {
  const newest = isKind(event.kind) ? REGISTRY[event.kind].version : 1;
  if (event.version > newest)
    throw new JsonFault(`version ${event.version} of ${event.kind} is newer than this system`);
  try {
    const isLoose = Object.hasOwn(event.meta, 'legacy') || event.version < newest;
    return isLoose ? canonicalJson(event.meta) : checkNewEvent(event).metaJson;
  } catch (error) {
    throw asFault(error);
  }
}

/** Whole events of imports may be larger than those of writers, but must fit into one message with what surrounds them. */
export const IMPORTED_EVENT_BYTES = LIMITS.messageBytes - 4 * 1024;
