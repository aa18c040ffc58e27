import { z } from 'zod';
import { REGISTRY } from '#libs/contracts';

interface Shape {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: Shape | boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

/** The text of `docs/events.md`: every kind of the registry with its content and meta. */
export function eventsPage(): string {
  const rows = Object.entries(REGISTRY).map(([kind, definition]) => {
    const schema = z.toJSONSchema(definition.meta, { unrepresentable: 'any' }) as Shape;
    const content = { empty: 'none', text: 'text, not empty', any: 'text' }[definition.content];
    const note = 'importOnly' in definition ? ' *(imports only)*' : '';
    return `| \`${kind}\` | ${definition.version} | ${definition.description}${note} | ${content} | ${fieldsOf(schema)} |`;
  });
  return `${HEADER}\n${rows.join('\n')}\n`;
}

const HEADER = `# Events

Generated from the registry in \`libs/contracts/src/registry.ts\` by \`npm run docs\`; a test fails when this page is not up to date.

An event is \`{ mind, position, id, kind, version, at, content, meta, prevHash, hash }\`. Writers give \`id\`, \`kind\`, \`content\`
and \`meta\`; event-log adds the rest. \`hash\` is the SHA-256, in hexadecimal, of \`"pmm.event.v1\\n"\` followed by the RFC 8785 canonical
JSON of all fields but \`hash\`; \`prevHash\` of position 1 is null. Test vectors: \`test/replay/hash-vectors.json\`.

Besides these kinds, \`x.<name>\` (characters \`a-z 0-9 . _ -\`) are a user's own: any content, any meta object, read by no fold.
Content is at most 256 KiB, meta 64 KiB and 16 deep. A reference to an event is a position, or, to an event of the same append,
negative: −1 is the event just before this one. Every meta may also hold \`legacy\`, which only an import sets: the original
event as it was, so that its old hash chain can be proved again.

| kind | version | what it says | content | meta |
|---|---|---|---|---|`;

function fieldsOf(schema: Shape): string {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, shape]) => `\`${name}${required.has(name) ? '' : '?'}\` ${typeOf(shape)}`,
  );
  return fields.join('<br>') || 'none';
}

function typeOf(shape: Shape): string {
  if (shape.enum) return shape.enum.map(String).join(' / ');
  if (shape.anyOf) return shape.anyOf.map(typeOf).join(' or ');
  if (shape.type === 'array') return `list of ${typeOf(shape.items ?? {})}`;
  if (shape.type === 'object')
    return shape.properties ? `{ ${fieldsOf(shape).replaceAll('<br>', ', ')} }` : 'object';
  if (shape.format === 'date-time') return 'UTC time, ISO 8601';
  if (shape.type === 'string') return shape.maxLength ? `text, at most ${shape.maxLength}` : 'text';
  if (shape.type === 'integer' || shape.type === 'number') return `${shape.type}${rangeOf(shape)}`;
  return shape.type ?? 'any';
}

function rangeOf({ minimum, maximum }: Shape): string {
  const low = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? null : minimum;
  const high = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? null : maximum;
  if (low === null && high === null) return '';
  if (high === null) return ` ≥ ${String(low)}`;
  return low === null ? ` ≤ ${high}` : ` ${low} to ${high}`;
}
