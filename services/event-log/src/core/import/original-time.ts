/** ISO-8601 as Python's `isoformat` writes it, or with `Z`; without an offset it is UTC. */
const TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|([+-])(\d\d):?(\d\d))?$/;

/** Microseconds since 1970, or null when the text is not a time. */
export function parseOriginalTime(text: string): number | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours, offsetMinutes] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(fields[0], fields[1] - 1, ...fields.slice(2));
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  if (fields[0] < 1 || new Date(ms).toISOString() !== written) return null;
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return null;
  const offsetMs =
    (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
  return (ms - offsetMs) * 1000 + Number(fraction.padEnd(6, '0'));
}
