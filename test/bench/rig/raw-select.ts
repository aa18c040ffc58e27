import { Client } from 'pg';

const PAGE = 10_000;

interface Row {
  position: string;
  body: string;
}

/** The rows of a mind as `pg` gives them, page by page, all columns. */
export async function* rawSelect(url: string, mind: string): AsyncGenerator<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const text = 'SELECT * FROM events WHERE mind = $1 AND position > $2 ORDER BY position LIMIT $3';
    let after = '0';
    for (;;) {
      const { rows } = await client.query<Row>({ name: 'page', text, values: [mind, after, PAGE] });
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.position ?? after;
    }
  } finally {
    await client.end();
  }
}
