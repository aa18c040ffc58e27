import { Outbox } from './outbox';

const nextTurn = () => new Promise(setImmediate);

describe('the outbox', () => {
  it('sends the first of a turn at once and the others together at its end, in order, and nothing twice', async () => {
    const sent: string[] = [];
    const outbox = new Outbox(() => undefined);
    outbox.add(() => sent.push('a'));
    await Promise.resolve();
    const asked = outbox.ask(() => Promise.resolve(sent.push('b')));
    outbox.add(() => sent.push('c'));
    expect(sent).toEqual(['a']);
    await nextTurn();
    expect(sent).toEqual(['a', 'b', 'c']);
    await expect(asked).resolves.toBe(2);
    await nextTurn();
    expect(sent).toHaveLength(3);
  });

  it('keeps also the first one to the end of the turn after a turn with several', async () => {
    const sent: string[] = [];
    const outbox = new Outbox(() => undefined);
    const send = (text: string) => outbox.add(() => sent.push(text));
    ['a', 'b'].forEach(send);
    await nextTurn();
    send('c');
    expect(sent).toEqual(['a', 'b']);
    await nextTurn();
    expect(sent).toEqual(['a', 'b', 'c']);
    send('d');
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
    await nextTurn();
  });

  it('tells who asked of a failure, and otherwise the log; what follows is sent all the same', async () => {
    const [errors, sent]: [unknown[], string[]] = [[], []];
    const outbox = new Outbox((error) => errors.push(error));
    const fail = (text: string) => () => {
      throw new Error(text);
    };
    outbox.add(fail('lost'));
    const asked = outbox.ask(fail('refused'));
    const rejected = outbox.ask(() => Promise.reject(new Error('no')));
    outbox.add(() => sent.push('last'));
    await expect(asked).rejects.toThrow('refused');
    await expect(rejected).rejects.toThrow('no');
    expect([errors.map(String), sent]).toEqual([['Error: lost'], ['last']]);
  });

  it('can be emptied at once', () => {
    const sent: string[] = [];
    const outbox = new Outbox(() => undefined);
    for (const text of ['a', 'b']) outbox.add(() => sent.push(text));
    outbox.flush();
    expect(sent).toEqual(['a', 'b']);
  });
});
