import { ControlFilter } from '../control-lines/control-filter';
import { REPLY_CONTROLS } from '../control-lines/control-line';
import { citedPositions } from './citations';
import { readUserText } from './read-user-text';
import { collapseSpaces, trimSpaces } from './spaces';
import { holdsWord } from './whole-word';
import { ngramOverlap } from './words';

/** No text makes a rule work for longer than in proportion to its length: each of these would take very long otherwise. */
describe('hostile texts', () => {
  const units = 60_000;
  const runs = [
    '.',
    ' ',
    ',',
    '"',
    "'",
    '?',
    '\u3000',
    'hi ',
    'A. ',
    'please ',
    '[#',
    'I am ',
    '\n',
    '。',
    'a,',
    "a'",
  ];

  it.each(runs)('of %j are read in no time', (run) => {
    const row = run.repeat(units / run.length);
    const started = process.cpuUsage().user;
    for (const text of [`é${row}x`, `Your name is Nova${row}x`, `Always be so ${row}é`]) {
      readUserText(text);
      trimSpaces(text);
      collapseSpaces(text);
      citedPositions(text);
      ngramOverlap(text, 'a b c d');
      holdsWord(text, run.trim() || 'x');
      const filter = new ControlFilter(REPLY_CONTROLS);
      filter.push(`DONE: ${text}`);
      filter.end();
    }
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(5);
  });
});
