import { createHash } from 'node:crypto';
import { Digits, HASHED, written, type Style, type Written } from './python-text';

export interface WrittenEvent {
  ts: string;
  kind: string;
  content: string;
  meta: Map<string, Written>;
}

export interface LedgerShape {
  format: '2025-10' | '1.0';
  file: 'jsonl' | 'array';
  style: Style;
}

/** The text of a ledger with a valid chain. */
export function ledgerText(events: readonly WrittenEvent[], { format, file, style }: LedgerShape): string {
  let prev: string | null = null;
  const lines = events.map(({ ts, kind, content, meta }, index) => {
    const id = new Digits(String(index + 1));
    const hashed: [string, Written][] = [
      ...Object.entries(format === '1.0' ? {} : { id, ts }),
      ...Object.entries({ kind, content, meta, prev_hash: prev }),
    ];
    const hash = createHash('sha256').update(written(new Map(hashed), HASHED)).digest('hex');
    const line = Object.entries({
      ...{ id, ts, kind, content },
      ...{ meta: format === '1.0' ? written(meta, style) : meta, prev_hash: prev, hash },
    });
    prev = hash;
    return written(new Map<string, Written>(line), style);
  });
  return file === 'array' ? `[${lines.join(',\n')}]` : lines.map((line) => `${line}\n`).join('');
}
