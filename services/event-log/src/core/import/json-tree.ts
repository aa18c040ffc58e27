/** A number as it was written: `1.0` is not `1`. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** JSON as it was written: numbers keep their text; objects keep their keys in order, each one once. */
export type JsonTree = null | boolean | string | JsonNumber | JsonTree[] | JsonMap;
export type JsonMap = Map<string, JsonTree>;

/** Text that is not the JSON that was asked for. */
export class JsonFault extends Error {}
