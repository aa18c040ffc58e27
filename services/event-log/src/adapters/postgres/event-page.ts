import { LINE_EXTRA_BYTES } from '../../core/chain.core';
import { EMPTY_PAGE, type LinePage, type PageQuery } from '../../app/event-store.port';

export interface PageRow {
  text: string | null;
  count: number;
  first: number | null;
  last: number | null;
  prevHash: string | null;
  seen: number | null;
}

/**
 * The database joins the lines, so that a page is one value on the way here. `body` is only looked at for rows that
 * are in the page: sizes are known without unpacking it. One row more than asked for tells whether more match.
 *
 * A long read costs what this costs: no aggregate needs an order other than the one in which the rows come, and `right` skips the
 * brace without counting the characters behind it, as `substr` would.
 */
const joined = (picked: string, direction: string, separator: string, limit: string, maxBytes: string) => `
  SELECT string_agg('{"hash":"' || encode(hash, 'hex') || '",' || right(body, -1), ${separator === ',' ? "','" : "E'\n'"}
      ORDER BY position ${direction}) FILTER (WHERE fits) AS text,
    count(*) FILTER (WHERE fits)::int AS count, count(*)::int AS seen,
    (min(position) FILTER (WHERE n = 1))::float8 AS first,
    (${direction === 'asc' ? 'max' : 'min'}(position) FILTER (WHERE fits))::float8 AS last,
    min(encode(prev_hash, 'hex')) FILTER (WHERE n = 1) AS "prevHash"
  FROM (
    SELECT *, n <= ${limit} AND (n = 1 OR total <= ${maxBytes}) AS fits FROM (
      SELECT position, prev_hash, hash, body, row_number() OVER ordered AS n,
        sum(octet_length(body) + ${LINE_EXTRA_BYTES + 1}) OVER ordered AS total
      FROM (${picked}) picked
      WINDOW ordered AS (ORDER BY position ${direction} ROWS UNBOUNDED PRECEDING)
    ) sized
  ) fitted`;

const RANGE = 'mind = $1 AND position > $2 AND position <= $3';
const COLUMNS = 'position, prev_hash, hash, body';

const plain = (direction: string) =>
  `SELECT ${COLUMNS} FROM events WHERE ${RANGE} ORDER BY position ${direction} LIMIT $4 + 1`;

/** Each kind from its own index range: the cost depends on what is returned, not on how many such events there are. */
const byKinds = (direction: string) =>
  `SELECT e.* FROM unnest($6::text[]) AS wanted(kind) CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM events WHERE ${RANGE} AND kind = wanted.kind ORDER BY position ${direction} LIMIT $4 + 1
    ) e ORDER BY e.position ${direction} LIMIT $4 + 1`;

export function pageStatement({ order, kinds, separator }: PageQuery): { name: string; text: string } {
  const picked = kinds ? byKinds(order) : plain(order);
  const name = `page-${order}-${kinds ? 'kinds' : 'all'}-${separator === ',' ? 'list' : 'lines'}`;
  return { name, text: joined(picked, order, separator, '$4', '$5') };
}

export function pageValues({ mind, after, to, limit, maxBytes, kinds }: PageQuery): unknown[] {
  const values = [mind, after, to ?? Number.MAX_SAFE_INTEGER, limit, maxBytes];
  return kinds ? [...values, [...new Set(kinds)]] : values;
}

export const PAGE_OF_IDS = {
  name: 'page-ids',
  text: joined(
    `SELECT ${COLUMNS} FROM events WHERE mind = $1 AND id = ANY($2::uuid[])`,
    'asc',
    ',',
    'cardinality($2::uuid[])',
    '$3',
  ),
};

export function toLinePage([row]: readonly PageRow[]): LinePage {
  if (row === undefined || row.text === null) return EMPTY_PAGE;
  const { text, count, prevHash } = row;
  return { text, count, first: row.first ?? 0, last: row.last ?? 0, prevHash, more: (row.seen ?? 0) > count };
}
