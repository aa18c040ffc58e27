import type { ReflectionView, Style, Trigger } from '#libs/contracts';
import type { ReflectionRecord, ReflectionState } from '#libs/mind';

/** A reflection as it is shown; one of an original ledger has neither trigger nor style. */
export type ShownReflection = Omit<ReflectionView, 'trigger' | 'style'> & {
  trigger: Trigger | null;
  style: Style | null;
};

export interface ReflectionsPage {
  /** Newest first. */
  reflections: ShownReflection[];
  /** The `before` of the following page. */
  next?: number;
  /** False when the log has to be read for it: the texts of the last 10 are kept, and the last 50 reflections. */
  complete: boolean;
}

/** A page of the reflections that are kept. */
export function reflectionsPage(
  { reflections: { reflections, count } }: Pick<ReflectionState, 'reflections'>,
  { limit, before = Infinity }: { limit: number; before?: number },
): ReflectionsPage {
  const older = reflections.filter(({ position }) => position < before).reverse();
  const shown = older.slice(0, limit);
  const moreKept = older.length > shown.length;
  const moreInLog = count > reflections.length;
  const known = shown.every(({ text }) => text !== null);
  const complete = known && (moreKept || !moreInLog || shown.length === limit);
  const next = moreKept || moreInLog ? shown.at(-1)?.position : undefined;
  const page = { reflections: shown.map(viewOf), complete };
  return next === undefined ? page : { ...page, next };
}

function viewOf({ reward, text, ...record }: ReflectionRecord): ShownReflection {
  return { ...record, text: text ?? '', ...(reward === null ? {} : { reward }) };
}
