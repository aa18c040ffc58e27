import { JsonFault, JsonNumber, type JsonMap, type JsonTree } from './json-tree';

/** The ordinary value of JSON that we wrote ourselves, in which a number's text is the one that JavaScript gives it. */
export function plainValue(tree: JsonTree): unknown {
  if (tree instanceof JsonNumber) return exactNumber(tree.text);
  if (Array.isArray(tree)) return tree.map(plainValue);
  return tree instanceof Map ? plainObject(tree) : tree;
}

export const plainObject = (map: JsonMap): Record<string, unknown> =>
  Object.fromEntries([...map].map(([key, value]) => [key, plainValue(value)]));

/** Another spelling would have another hash in another language, so only the canonical one is ours. */
function exactNumber(text: string): number {
  const value = Number(text);
  if (String(value) !== text)
    throw new JsonFault(`${text.slice(0, 40)} is not how the export writes that number`);
  return value;
}
