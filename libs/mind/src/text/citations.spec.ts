import { citedPositions } from './citations';

it('finds the positions that a text cites, each once', () =>
  expect(citedPositions('See [#12] and [#3], not #4 or [#x]; [#12] again, [#0].')).toEqual([12, 3, 0]));
