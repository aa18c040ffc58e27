import { Following } from './follow-mind';
import { Mailbox } from './mailbox';

it('a follower ends where the log holds what claims an older position, instead of being sent it for ever', async () => {
  const read = () => Promise.resolve({ from: 6, to: 3, events: [] });
  const source = { read, head: () => Promise.resolve(6), close: () => undefined };
  const following = new Following(new Mailbox(10, 1_000), source, { seen: 5, head: 6 }, 60_000);
  await expect(following.next()).rejects.toMatchObject({ code: 'unavailable' });
});
