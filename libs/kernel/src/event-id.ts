import { createHash } from 'node:crypto';

/** The namespace of all event ids that the system derives (a UUIDv4 chosen once). */
const NAMESPACE = Buffer.from('8f0c1f6e9b7d4c52a3e15d0b6f2a9c74', 'hex');

/**
 * UUIDv5 (RFC 9562) of a mind and the parts that make a decision unique. The name is the JSON array of all of them,
 * so that no two lists of parts collide.
 */
export function eventId(mind: string, ...parts: (string | number)[]): string {
  const digest = createHash('sha1')
    .update(NAMESPACE)
    .update(JSON.stringify([mind, ...parts]))
    .digest();
  digest[6] = (digest.readUInt8(6) & 0x0f) | 0x50;
  digest[8] = (digest.readUInt8(8) & 0x3f) | 0x80;
  return uuidText(digest.toString('hex'));
}

/** The text of a UUID, from its digits or from more that begin with them. */
export const uuidText = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** `c` and 11 base-32 characters (RFC 4648, lower case) of SHA-256 of the mind and the id of the opening event. */
export function commitmentId(mind: string, openEventId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([mind, openEventId]))
    .digest();
  let bits = digest.readBigUInt64BE(0);
  let text = '';
  for (let i = 0; i < 11; i++) {
    text += BASE32[Number(bits >> 59n)];
    bits = BigInt.asUintN(64, bits << 5n);
  }
  return `c${text}`;
}
