import type { MindEvent } from '#libs/contracts';
import { leaderOf, type BesideExplainer } from '#libs/kernel';
import { parseControlLines, REFLECTION_CONTROLS, type ControlLine } from '#libs/mind';

/** An event of a reflection's append: the control line of its text that asks for just this. */
export const ofReflection: BesideExplainer = (event, near) => {
  const reflection = leaderOf('reflection', event, near);
  if (!reflection) return null;
  const lines = parseControlLines(reflection.content, REFLECTION_CONTROLS).lines;
  const between = near.filter(({ position }) => position > reflection.position && position <= event.position);
  const places = between.map((one) => lines.findIndex((line) => asksFor(line, one)));
  // One append: every event between comes from a later line than the one before it.
  const inOrder = places.every((place, n) => place > (places[n - 1] ?? -1));
  const controlLine = inOrder ? lines[places.at(-1) ?? -1]?.line : undefined;
  if (controlLine === undefined) return null;
  return { cause: reflection, numbers: { reflection: reflection.position, controlLine } };
};

function asksFor(line: ControlLine, { kind, content, meta }: MindEvent): boolean {
  if (line.refused !== undefined) return false;
  switch (line.kind) {
    case 'commit':
      return kind === 'commitment_open' && meta.source === 'reflection' && content === line.text;
    case 'directive':
      return kind === 'autonomy_directive' && meta.source === 'reflection' && content === line.text;
    case 'done':
      return kind === 'commitment_close' && meta.cid === line.cid && sameList(meta.evidence, line.evidence);
    case 'policy':
      return kind === 'policy_update' && meta.reason === 'reflection' && hasParam(meta.params, line);
    case 'name':
      return false;
  }
}

const sameList = (given: unknown, wanted: readonly number[]): boolean =>
  Array.isArray(given) && given.join() === wanted.join();

const hasParam = (params: unknown, { key, value }: { key: string; value: number }): boolean =>
  typeof params === 'object' &&
  params !== null &&
  (params as Record<string, unknown>)[key.slice(key.indexOf('.') + 1)] === value;
