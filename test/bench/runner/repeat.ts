/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Runs several measurements in turn, A B A B …, so that what disturbs the machine disturbs all of them alike. */
export async function interleave<K extends string>(
  rounds: number,
  measurements: Record<K, (round: number) => Promise<number> | number>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(measurements) as K[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of names) values[name].push(await measurements[name](round));
  return values;
}

/** Keeps `inFlight` pieces of work under way until `total` are done; answers how many were done per second. */
export async function perSecond(
  { total, inFlight }: { total: number; inFlight: number },
  work: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < total) await work(next++);
  };
  const ms = await timed(() => Promise.all(Array.from({ length: inFlight }, lane)));
  return (1000 * total) / ms;
}
