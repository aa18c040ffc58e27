/** Drops the entries that were put in first until at most `limit` are left. */
export function keepNewest<K, V>(map: Map<K, V>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}

/** Puts an entry at the end, also when its key was there before. */
export function putLast<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) keepNewest(map, limit);
}

/** Appends to a list that holds at most `limit` items; the oldest leave. */
export function pushBounded<T>(list: T[], item: T, limit: number): void {
  list.push(item);
  while (list.length > limit) list.shift();
}
