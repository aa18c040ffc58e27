import { appendRequest, archiveRequest, verifyRequest } from './log';
import { tickRequest } from './services';

const event = { id: '00000000-0000-4000-8000-000000000001', kind: 'x.note', content: '', meta: {} };

describe('requests of a newer version', () => {
  it('are understood without what is new in them', () => {
    const archive = { mind: 'ada', archived: true };
    expect(archiveRequest.parse({ ...archive, more: 1 })).toEqual(archive);
    expect(tickRequest.parse({ mind: 'ada', more: 1 })).toEqual({ mind: 'ada' });
    expect(appendRequest.parse({ mind: 'ada', events: [event], more: 1 })).toEqual({
      ...{ mind: 'ada', events: [event] },
    });
  });

  it('are refused when something of an event would be lost', () => {
    expect(appendRequest.safeParse({ mind: 'ada', events: [{ ...event, more: 1 }] }).success).toBe(false);
  });
});

it('a receipt that is not a hash is not taken for a range', () => {
  const receipt = { mind: 'ada', position: 1, hash: 'f'.repeat(64) };
  expect(verifyRequest.parse(receipt)).toEqual(receipt);
  expect(verifyRequest.safeParse({ ...receipt, hash: 'F' }).success).toBe(false);
});
