import type { KnowledgeItem } from '#libs/contracts';
import type { ProjectionState } from '#libs/mind';

export interface KnowledgePage {
  /** Newest first. */
  knowledge: KnowledgeItem[];
  /** The `before` of the following page. */
  next?: number;
  /** False when statements that are not kept, and that only the log knows, would belong to this page. */
  complete: boolean;
}

/** A page of the last 100 statements. */
export function knowledgePage(
  { knowledge: { statements, count } }: Pick<ProjectionState, 'knowledge'>,
  { limit, before = Infinity }: { limit: number; before?: number },
): KnowledgePage {
  const older = statements.filter(({ position }) => position < before).reverse();
  const knowledge = older.slice(0, limit).map((item) => ({ ...item }));
  const moreKept = older.length > knowledge.length;
  const moreInLog = count > statements.length;
  const complete = moreKept || !moreInLog || knowledge.length === limit;
  const next = moreKept || moreInLog ? knowledge.at(-1)?.position : undefined;
  return next === undefined ? { knowledge, complete } : { knowledge, next, complete };
}
