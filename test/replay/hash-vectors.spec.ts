import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MindEvent } from '#libs/contracts';
import { canonicalEvent, hashEvent, linkFault } from '#libs/kernel';

interface Vector {
  name: string;
  event: Omit<MindEvent, 'hash'>;
  /** What is hashed, after the line `pmm.event.v1`. */
  canonical: string;
  hash: string;
}

/** The published test vectors of the hash chain: a second implementation in any language must come to these hashes. */
const { domain, vectors } = JSON.parse(readFileSync(join(__dirname, 'hash-vectors.json'), 'utf8')) as {
  domain: string;
  vectors: Vector[];
};

/** RFC 8785 once more, written from its text and without a library. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => byUnit(a, b));
  return `{${entries.map(([key, item]) => `${canonicalString(key)}:${canonical(item)}`).join(',')}}`;
}

const SHORT: Record<string, string> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

function canonicalString(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    out += SHORT[char] ?? (code < 0x20 ? `\\u00${code.toString(16).padStart(2, '0')}` : char);
  }
  return `${out}"`;
}

function byUnit(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++)
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.charCodeAt(i) - b.charCodeAt(i);
  return a.length - b.length;
}

describe('the published hash vectors', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    '%s',
    (_name, { event, canonical: text, hash }) => {
      expect(canonicalEvent(event)).toBe(text);
      expect(hashEvent(event)).toBe(hash);
      expect(canonical(event)).toBe(text);
      expect(
        createHash('sha256')
          .update(Buffer.from(domain + text, 'utf8'))
          .digest('hex'),
      ).toBe(hash);
    },
  );

  it('hold a chain of three', () => {
    const chain = vectors.filter(({ name }) => name.startsWith('chain'));
    let previous: { position: number; hash: string | null } = { position: 0, hash: null };
    for (const { event, hash } of chain) {
      expect(linkFault({ ...event, hash }, previous)).toBeNull();
      previous = { position: event.position, hash };
    }
    expect(previous.position).toBe(3);
  });

  it('change when any field changes', () => {
    for (const { event, hash } of vectors) {
      const changes: Partial<MindEvent>[] = [
        { mind: `${event.mind}x` },
        { position: event.position + 1 },
        { id: event.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
        { kind: `${event.kind}x` },
        { version: event.version + 1 },
        { at: event.at.replace('Z', '0Z') },
        { content: `${event.content} ` },
        { meta: { ...event.meta, more: 1 } },
        { prevHash: 'e'.repeat(64) },
      ];
      for (const change of changes) expect(hashEvent({ ...event, ...change })).not.toBe(hash);
    }
  });
});
