import { rmSync } from 'node:fs';
import { httpTo } from '#test/support/http';
import { temporaryDataDir } from '#test/support/servers';
import { startSystem } from '#test/support/system';

const MIND = 'lasting';

it('a second start finds the same minds: the same hash at the old head, the same digests there', async () => {
  const dataDir = temporaryDataDir();
  try {
    const first = await startSystem({ dataDir });
    const before = await live(first.http);
    expect(await first.stop()).toBe(0);

    const second = await startSystem({ dataDir });
    const http = httpTo(second.http);
    const { events } = (await http.get(`/v1/minds/${MIND}/events?after=${before.head.position - 1}&limit=1`))
      .body as {
      events: { position: number; hash: string }[];
    };
    expect(events[0]).toMatchObject({ position: before.head.position, hash: before.head.hash });
    const digests = (await http.get(`/v1/minds/${MIND}/digests?at=${before.head.position}`)).body;
    expect(digests).toEqual(before.digests);
    expect((await http.get(`/v1/minds/${MIND}/verify`)).body).toMatchObject({ ok: true });
    const receipt = `position=${before.head.position}&hash=${before.head.hash}`;
    expect((await http.get(`/v1/minds/${MIND}/verify?${receipt}`)).body).toEqual({ matches: true });
    expect(await second.stop()).toBe(0);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 240_000);

/** A short life, and where it has come to. */
async function live(base: string) {
  const http = httpTo(base);
  await http.post('/v1/minds', { id: MIND, tickIntervalMs: 3_600_000 });
  await http.post(`/v1/minds/${MIND}/turns`, { text: 'Your name is Echo.' });
  await http.post(`/v1/minds/${MIND}/turns`, { text: 'Promise me to water the plants.' });
  await http.post(`/v1/minds/${MIND}/ticks`);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const head = (await http.get(`/v1/minds/${MIND}`)).body.head as { position: number; hash: string };
  const digests = (await http.get(`/v1/minds/${MIND}/digests?at=${head.position}`)).body;
  return { head, digests };
}
