import { mapOf, textOf, trimmed, type OriginalEvent } from './original-ledger.types';

/** IAS and GAS of an original ledger as it would show them. */
export function originalScores(events: readonly OriginalEvent[]): { ias: number; gas: number } {
  const { ias, gas } = rawScores(events);
  return { ias: clip(ias + 0.05 * (gas - 0.5)), gas: clip(gas + 0.1 * (ias - 0.5)) };
}

const clip = (value: number): number => Math.max(0, Math.min(1, value));

/** The two values that it ran on, from section "Metrics" of the design. */
export function rawScores(events: readonly OriginalEvent[]): { ias: number; gas: number } {
  let ias = 0;
  let gas = 0;
  let tick = 0;
  let previous: { tick: number; name: string } | undefined;
  let validTick: number | undefined;
  const opens: { text: string; tick: number }[] = [];
  const violations: [string, unknown][] = [];

  for (const { kind, content, meta } of events) {
    if (kind === 'autonomy_tick') {
      tick += 1;
      ias *= 0.9995;
      gas *= 0.9995;
      if (validTick !== undefined && tick > validTick && (tick - validTick) % 5 === 0) ias += 0.03;
    }
    if (kind === 'identity_adopt') {
      const name = trimmed(textOf(meta['sanitized']) ?? textOf(meta['name']) ?? content);
      const { confidence } = meta;
      if (name !== '' && typeof confidence === 'number' && confidence >= 0.9) validTick = tick;
      if (previous) {
        const d = tick - previous.tick;
        const differs = name.toLowerCase() !== previous.name.toLowerCase();
        if (previous.name !== '' && name !== '' && d <= 5 && differs) ias -= 0.08;
        if (d >= 5) ias += 0.03 * Math.floor(d / 5);
      }
      previous = { tick, name };
    }
    if (kind === 'commitment_open') {
      const text = trimmed(textOf(content) ?? textOf(meta['text']) ?? '').toLowerCase();
      const isKnown = opens.some((open) => open.text === text && tick - open.tick <= 20);
      if (text !== '' && !isKnown) gas += 0.07;
      if (text !== '') opens.push({ text, tick });
    }
    if (kind === 'commitment_close') gas += 0.12;
    if (kind === 'reflection') {
      const text = trimmed(content).toLowerCase();
      const isLong = [...text].length > 20;
      if ((text.includes('identity') && isLong) || text.includes('my name')) ias += 0.01;
    }
    if (kind === 'invariant_violation') {
      const code = textOf(meta['code']) ?? '';
      const given = mapOf(meta['details'])?.['commitment_id'];
      const about = typeof given === 'number' ? given : (textOf(given) ?? '');
      if (!violations.some(([seenCode, seenAbout]) => seenCode === code && seenAbout === about)) {
        ias -= 0.005;
        gas -= 0.005;
      }
      violations.push([code, about]);
    }
  }
  return { ias, gas };
}
