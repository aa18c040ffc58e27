import { isKind, LIMITS, OWN_KIND, REGISTRY, type JsonObject, type NewEvent } from '#libs/contracts';
import { AppError } from './app-error';
import { canonicalJson, checkText } from './canonical-json';

/** At most, of a UTF-16 code unit. */
export const UTF8_BYTES_PER_UNIT = 3;

/** A new event that may enter a log, with the version of its kind and the canonical JSON of its content and meta. */
export interface CheckedEvent extends NewEvent {
  version: number;
  contentJson: string;
  metaJson: string;
}

/**
 * Checks a new event against the registry and the limits.
 * @throws AppError `invalid_event` (unknown or import-only kind, meta or content that fails its schema, `legacy`,
 * text or numbers that have no canonical form) or `too_large`.
 */
export function checkNewEvent(event: {
  id: string;
  kind: string;
  content: string;
  meta: unknown;
}): CheckedEvent {
  checkText(event.content);
  const contentJson = JSON.stringify(event.content);
  if (hasMoreBytes(contentJson, LIMITS.contentBytes))
    throw new AppError('too_large', `content is over ${LIMITS.contentBytes} bytes`);
  const metaJson = canonicalJson(event.meta, LIMITS.metaDepth);
  if (hasMoreBytes(metaJson, LIMITS.metaBytes))
    throw new AppError('too_large', `meta is over ${LIMITS.metaBytes} bytes`);
  const version = OWN_KIND.test(event.kind) ? checkOwn(event.meta) : checkRegistered(event);
  return {
    id: event.id,
    kind: event.kind,
    content: event.content,
    meta: event.meta as JsonObject,
    version,
    contentJson,
    metaJson,
  };
}

/** Whether a text has more bytes of UTF-8; of most texts their length alone tells that they have not. */
const hasMoreBytes = (text: string, limit: number): boolean =>
  text.length * UTF8_BYTES_PER_UNIT > limit && Buffer.byteLength(text) > limit;

function checkOwn(meta: unknown): number {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) {
    throw new AppError('invalid_event', 'meta must be an object');
  }
  if ('legacy' in meta) throw new AppError('invalid_event', 'meta.legacy is set by imports only');
  return 1;
}

function checkRegistered({ kind, content, meta }: { kind: string; content: string; meta: unknown }): number {
  if (!isKind(kind)) throw new AppError('invalid_event', `unknown kind ${JSON.stringify(kind.slice(0, 60))}`);
  const definition: { version: number; content: string; importOnly?: true } = REGISTRY[kind];
  if (definition.importOnly) throw new AppError('invalid_event', `${kind} occurs in imported logs only`);
  if (definition.content === 'empty' && content !== '')
    throw new AppError('invalid_event', `${kind} has no content`);
  if (definition.content === 'text' && content.trim() === '')
    throw new AppError('invalid_event', `${kind} needs content`);
  const result = REGISTRY[kind].meta.safeParse(meta);
  if (!result.success) {
    const issue = result.error.issues[0];
    const path = ['meta', ...(issue?.path ?? [])].join('.');
    throw new AppError('invalid_event', `${kind}: ${path}: ${issue?.message ?? 'is not valid'}`);
  }
  return definition.version;
}
